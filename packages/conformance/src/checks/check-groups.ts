import type { CheckGroup } from '../provider/check.js';
import { aborts } from './aborts.js';
import { answers } from './answers.js';
import { connections } from './connections.js';
import { endings } from './endings.js';
import { framing } from './framing.js';
import { httpAnswers } from './http-answers.js';
import { identity } from './identity.js';
import { inBand } from './in-band.js';
import { isolation } from './isolation.js';
import { retryHeaders } from './retry-headers.js';
import { secrets } from './secrets.js';
import { splits } from './splits.js';
import { statuses } from './statuses.js';

/** All that is looked at, by the titles of the groups. */
export const CHECK_GROUPS: Readonly<Record<string, CheckGroup>> = {
  answers,
  'byte splits': splits,
  'framing of events': framing,
  'ends of streams': endings,
  'errors inside of a success': inBand,
  'error statuses': statuses,
  'retry headers': retryHeaders,
  'HTTP answers': httpAnswers,
  connections,
  aborts,
  secrets,
  isolation,
  'request id and who served': identity,
};
