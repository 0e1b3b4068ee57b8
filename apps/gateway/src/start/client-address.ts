/** The address that callers on this machine use: one cannot connect to "any address". */
export function clientAddress(listening: string): string {
  return listening.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:');
}
