import { isJsonObject } from '@inferway/core';
import { draw, type Picture, type PictureFormat } from '../media/picture.js';
import type { Route } from '../protocols/protocol.js';
import { readLink } from './link.js';

/** A route that gives the images that links lead to, without a key, for as long as a link is good; then a 403 as storage hosts give it. */
export function imageLinkRoute(path: RegExp): Route {
  return {
    method: 'GET',
    path,
    handle(exchange, [payload = '']) {
      const picture = pictureOf(readLink(payload, exchange));
      if (picture === undefined) {
        exchange.over('refused');
        exchange.send({
          status: 403,
          headers: { 'content-type': 'application/xml' },
          body: '<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>The link has expired (simulated).</Message></Error>',
        });
        return;
      }
      exchange.over('complete');
      const headers = { 'content-type': `image/${picture.format}` };
      exchange.send({ status: 200, headers, body: draw(picture) });
    },
  };
}

const FORMATS: readonly PictureFormat[] = ['png', 'jpeg', 'webp'];
const LARGEST = 4096;

function pictureOf(value: unknown): Picture | undefined {
  if (!isJsonObject(value)) return undefined;
  const { text, width, height } = value;
  const format = FORMATS.find((known) => known === value['format']);
  const isSide = (side: unknown): side is number =>
    Number.isInteger(side) && (side as number) > 0 && (side as number) <= LARGEST;
  if (typeof text !== 'string' || !isSide(width) || !isSide(height) || format === undefined) {
    return undefined;
  }
  return { text, width, height, format };
}
