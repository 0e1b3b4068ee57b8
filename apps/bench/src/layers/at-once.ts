/** Calls at a time, in a tight loop and over sockets. */
export const AT_ONCE = 16;
