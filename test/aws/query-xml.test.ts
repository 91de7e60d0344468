import { expect, it } from "vitest";
import * as z from "zod";
import { listOf, readXml } from "../../src/aws/transport/query-xml.ts";

const valueOf = (text: string) => readXml(`<R><A>${text}</A></R>`, "R", z.object({ A: z.string() }));

it.each([
  ["0012345678", "0012345678"],
  ["1e5", "1e5"],
  ["0x10", "0x10"],
  ["false", "false"],
  ["  blank  ", "  blank  "],
  ["&#39;&#x1F600;&lt;b&gt;&amp;amp;", "'😀<b>&amp;"],
  ["<![CDATA[<b> & ]]>", "<b> & "],
])("the text %s is %s", (written, read) => {
  expect(valueOf(written)).toEqual({ ok: true, value: { A: read } });
});

it("a list of none, one and two has as many items, however its emptiness is spelled", () => {
  const items = (inner: string) => {
    const read = readXml(
      `<R>${inner}</R>`,
      "R",
      z.preprocess((r) => r || {}, z.object({ L: listOf(z.string()) })),
    );
    return read.ok ? read.value.L : read.failure;
  };
  expect(items("")).toEqual([]);
  expect(items("<L/>")).toEqual([]);
  expect(items("<L>\n</L>")).toEqual([]);
  expect(items("<L><member>a</member></L>")).toEqual(["a"]);
  expect(items("<L>\n <member>a</member>\n <member>1</member>\n</L>")).toEqual(["a", "1"]);
});

it.each([
  ["nothing", ""],
  ["a text", "Service Unavailable"],
  ["JSON", "{}"],
  ["another root", "<Q><A>a</A></Q>"],
  ["a root that only begins alike", "<RR><A>a</A></RR>"],
  ["an element without an end", "<R><A>a</R>"],
  ["a cut", "<R><A>a</A>"],
  ["an entity of its own", '<!DOCTYPE R [<!ENTITY a "b">]><R><A>&a;</A></R>'],
  ["a missing field", "<R><B>a</B></R>"],
])("%s is a bad answer", (_, xml) => {
  expect(readXml(xml, "R", z.object({ A: z.string() }))).toMatchObject({
    ok: false,
    failure: { kind: "bad-answer" },
  });
});

it("a bad answer's message does not quote the answer", () => {
  const read = readXml("<R><A>top-secret</B></R>", "R", z.object({ A: z.string() }));
  expect(JSON.stringify(read)).not.toContain("top-secret");
});
