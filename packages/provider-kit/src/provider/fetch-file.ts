import { InferwayError, sniffMediaType, UNKNOWN_MEDIA_TYPE, type FileBytes } from '@inferway/core';
import { headerValue } from '../transport/header-record.js';
import { mediaTypeOf, type Session } from './session.js';

/** A short link leads to a storage host, which may lead to another one. */
const MOST_HOPS = 4;

/**
 * The bytes of a file that a provider gave the URL of. Only https or the provider's own origin is asked, redirects included; the key goes to
 * nobody else. Give it a session of its own: one tells of its latest answer.
 *
 * @throws {InferwayError} what the exchange threw, with what to do about a file that is gone; `too_large` above the transport's cap.
 */
export async function fetchFile(session: Session, url: string): Promise<FileBytes> {
  try {
    return await follow(session, url);
  } catch (reason) {
    if (!InferwayError.is(reason) || session.signal.aborted) throw reason;
    throw unavailable(reason, session.provider);
  }
}

async function follow(session: Session, first: string): Promise<FileBytes> {
  let url = first;
  // Once another host had a say in where it goes, no key goes along: it could lead back to any path of the provider's.
  let keyless = false;
  for (let hop = 0; hop <= MOST_HOPS; hop++) {
    const response = await session.exchange({
      url,
      keyless,
      redirects: 'tell',
      headers: { accept: '*/*' },
    });
    const { status, headers } = response;
    if (status < 300) {
      const data = await response.bytes();
      const told = mediaTypeOf(headers);
      // Storage hosts have another word for it too: `binary/octet-stream`.
      const mediaType = told.endsWith('/octet-stream')
        ? (sniffMediaType(data) ?? UNKNOWN_MEDIA_TYPE)
        : told;
      return { type: 'bytes', data, mediaType };
    }
    response.release();
    const location = headerValue(headers, 'location');
    if (location === undefined || !URL.canParse(location, url)) break;
    const next = new URL(location, url);
    keyless ||= next.origin !== new URL(url).origin;
    url = next.href;
  }
  throw new InferwayError('protocol', {
    message: `${session.provider} gave an address for its file that leads nowhere.`,
    provider: session.provider,
  });
}

// The file was made and paid for: to try the whole call again would pay for another one.
function unavailable(error: InferwayError, provider: string): InferwayError {
  const gone = error.status === 403 || error.status === 404 || error.status === 410;
  const what = gone
    ? `is gone${error.status === undefined ? '' : ` (status ${error.status})`}: such addresses expire, mostly within an hour. Make the file anew and fetch it at once`
    : `could not be fetched (${error.code}). Ask for delivery: "url" and fetch it yourself`;
  return new InferwayError(gone ? 'not_found' : error.code, {
    message: `The file that ${provider} made ${what}.`,
    provider,
    model: error.model,
    status: error.status,
    requestId: error.requestId,
    retryable: false,
    fallbackable: false,
    sent: 'maybe',
    cause: error,
  });
}
