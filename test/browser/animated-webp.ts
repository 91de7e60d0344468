/** Still pictures as one animated WebP: https://developers.google.com/speed/webp/docs/riff_container */

export type Still = Readonly<{ picture: Buffer; ms: number }>;

const chunkOf = (name: string, data: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(name, 0, "latin1");
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
};

const uint24 = (value: number): Buffer => Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255]);

/** The chunks of a still that hold its image. */
const imageIn = (picture: Buffer): Buffer => {
  const parts: Buffer[] = [];
  for (let at = 12; at + 8 <= picture.length;) {
    const size = picture.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (/^(?:VP8[ L]|ALPH)$/.test(picture.toString("latin1", at, at + 4)))
      parts.push(picture.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
};

const ANIMATED = 0b10;
const NOT_BLENDED = 0b10;

/** Plays for ever; pictures that are equal become one that stays longer. All have the same size. */
export const animatedWebp = (
  stills: readonly Still[],
  { width, height }: Readonly<{ width: number; height: number }>,
): Buffer => {
  const size = Buffer.concat([uint24(width - 1), uint24(height - 1)]);
  const frames: Still[] = [];
  for (const still of stills) {
    const last = frames.at(-1);
    if (last?.picture.equals(still.picture)) frames.splice(-1, 1, { ...last, ms: last.ms + still.ms });
    else frames.push(still);
  }
  const body = Buffer.concat([
    Buffer.from("WEBP"),
    chunkOf("VP8X", Buffer.concat([Buffer.from([ANIMATED, 0, 0, 0]), size])),
    chunkOf("ANIM", Buffer.from([255, 255, 255, 255, 0, 0])),
    ...frames.map(({ picture, ms }) =>
      chunkOf(
        "ANMF",
        Buffer.concat([uint24(0), uint24(0), size, uint24(ms), Buffer.from([NOT_BLENDED]), imageIn(picture)]),
      ),
    ),
  ]);
  return chunkOf("RIFF", body);
};
