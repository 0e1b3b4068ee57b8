// A server that does wrong, byte by byte
export {
  faultServer,
  type Connection,
  type FaultServer,
  type ReceivedRequest,
  type Scenario,
} from './fault-server.js';
export { answer, chunk, head, jsonAnswer, LAST_CHUNK, streamHead } from './http-answer.js';

// A server that answers as told
export { json, loopback, type Answer, type Loopback, type Seen } from './loopback-server.js';
export { asked, streamOf, type Asked } from './asked.js';
