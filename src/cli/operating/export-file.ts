/** A file that holds the lines of an export, whole or not yet. */
import { open, type FileHandle } from "node:fs/promises";
import { exportLineSchema, type ExportLine } from "../../protocol/admin/transfer.ts";

/** Bytes that are read at once from the end, where a part is at most about that long. */
const PIECE = 4 * 1024 * 1024;

export const exportLineOf = (text: string): ExportLine | undefined => {
  try {
    return exportLineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
};

/** Of what a file holds: its last whole line, and where that ends; undefined: there is none. */
export const lastLineOf = async (
  file: FileHandle,
): Promise<Readonly<{ text: string; end: number }> | undefined> => {
  const { size } = await file.stat();
  for (let piece = Math.min(size, PIECE); piece > 0; piece = Math.min(size, piece * 4)) {
    const bytes = Buffer.alloc(piece);
    await file.read(bytes, 0, piece, size - piece);
    const last = bytes.lastIndexOf(0x0a);
    const before = last <= 0 ? -1 : bytes.lastIndexOf(0x0a, last - 1);
    if (last >= 0 && (before >= 0 || piece === size))
      return { text: bytes.toString("utf8", before + 1, last), end: size - piece + last + 1 };
    if (piece === size) return undefined;
  }
  return undefined;
};

/** Opens the file, and makes it if it is not there; only its owner can read it. */
export const openExport = (path: string): Promise<FileHandle> => open(path, "a+", 0o600);
