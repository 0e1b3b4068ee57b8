import type { CheckGroup } from '../provider/check.js';
import { aborts } from './aborts.js';
import { answers } from './answers.js';
import { chatAnswers } from './chat-answers.js';
import { connections } from './connections.js';
import { endings } from './endings.js';
import { feedback } from './feedback.js';
import { framing } from './framing.js';
import { httpAnswers } from './http-answers.js';
import { identity } from './identity.js';
import { inBand } from './in-band.js';
import { isolation } from './isolation.js';
import { requests } from './requests.js';
import { retryHeaders } from './retry-headers.js';
import { secrets } from './secrets.js';
import { settings } from './settings.js';
import { splits } from './splits.js';
import { statuses } from './statuses.js';
import { timers } from './timers.js';
import { variants } from './variants.js';

/** All that is looked at, by the titles of the groups. */
export const CHECK_GROUPS: Readonly<Record<string, CheckGroup>> = {
  'requests as sent': requests,
  settings,
  answers,
  'tools, reasoning, choices and usage': chatAnswers,
  'answers as input': feedback,
  'forms of answers': variants,
  'byte splits': splits,
  'framing of events': framing,
  'ends of streams': endings,
  'errors inside of a success': inBand,
  'error statuses': statuses,
  'retry headers': retryHeaders,
  'HTTP answers': httpAnswers,
  connections,
  aborts,
  timers,
  secrets,
  isolation,
  'request id and who served': identity,
};
