import type { Fault } from './fault.js';

const PAGE =
  '<!doctype html><html><head><title>Sign in to the network</title></head><body><h1>Simulated captive portal</h1></body></html>';

/** Answers that are something else than an answer. */
export const BODY_FAULTS: readonly Fault[] = [
  {
    id: 'F10',
    title: '200 with an HTML page',
    replace: () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: PAGE }),
  },
  { id: 'F11', title: '200 with a plain JSON answer to a stream call', unasked: 'unary' },
  {
    id: 'F12',
    title: '200 with an error object as JSON',
    replace: ({ voice, requestId }) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: voice.refuse({ kind: 'server' }, requestId).body,
    }),
  },
  {
    id: 'F13',
    title: '200 with an empty body',
    replace: ({ stream }) => ({
      status: 200,
      headers: { 'content-type': stream ? 'text/event-stream' : 'application/json' },
      body: '',
    }),
  },
  { id: 'F33', title: 'Status and headers never arrive', replace: () => 'hang' },
  {
    id: 'F52',
    title: '502 with an HTML page',
    replace: () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: PAGE }),
  },
  { id: 'reset', title: 'RST before anything is answered', replace: () => 'reset' },
  {
    id: 'garbage',
    title: '200 with bytes that are of no protocol',
    replace: () => ({
      status: 200,
      headers: { 'content-type': 'application/octet-stream' },
      body: '\u0000\u0001\u0002{]simulated garbage[}\u0000\n\n'.repeat(8),
    }),
  },
];
