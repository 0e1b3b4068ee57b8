import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A self-signed certificate and its key, made for one test run, so that no key stands in the repository. */
export function selfSigned(settings: {
  readonly host: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const day = 86_400_000;
  const ecdsaWithSha256 = sequence(oid([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
  const name = sequence(set(sequence(oid([0x55, 0x04, 0x03]), tlv(0x0c, Buffer.from('test')))));
  const altName = tlv(0x82, Buffer.from(settings.host));
  const basicConstraints = sequence(
    oid([0x55, 0x1d, 0x13]),
    tlv(0x01, Buffer.from([0xff])),
    tlv(0x04, sequence(tlv(0x01, Buffer.from([0xff])))),
  );
  const subjectAltName = sequence(oid([0x55, 0x1d, 0x11]), tlv(0x04, sequence(altName)));
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(
      time(settings.notBefore ?? new Date(Date.now() - day)),
      time(settings.notAfter ?? new Date(Date.now() + day)),
    ),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(basicConstraints, subjectAltName)),
  );
  const signature = sign('sha256', body, privateKey);
  const der = sequence(
    body,
    ecdsaWithSha256,
    tlv(0x03, Buffer.concat([Buffer.from([0]), signature])),
  );
  const base64 = der.toString('base64').replaceAll(/.{64}/gu, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

const sequence = (...parts: Buffer[]): Buffer => tlv(0x30, Buffer.concat(parts));
const set = (...parts: Buffer[]): Buffer => tlv(0x31, Buffer.concat(parts));
const oid = (bytes: readonly number[]): Buffer => tlv(0x06, Buffer.from(bytes));
const integer = (value: Buffer): Buffer => tlv(0x02, value);

function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/gu, '');
  return tlv(0x18, Buffer.from(digits));
}
