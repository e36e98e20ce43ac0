// Fills cells of a workbook with SheetJS and saves it elsewhere; the same job on standard input as exceljs_fill.js.
// Its free edition drops protection, locks and validations, which is what makes it worth testing with.
"use strict";
const fs = require("node:fs");
const XLSX = require("xlsx");

function put(page, address, value) {
  if (value === null) {
    delete page[address];
    return;
  }
  const types = { number: "n", boolean: "b", string: "s" };
  page[address] = { ...(page[address] || {}), t: types[typeof value], v: value };
  delete page[address].w;
  delete page[address].r;
  delete page[address].h;
  delete page[address].f;
  const range = XLSX.utils.decode_range(page["!ref"] || "A1");
  const at = XLSX.utils.decode_cell(address);
  range.e.r = Math.max(range.e.r, at.r);
  range.e.c = Math.max(range.e.c, at.c);
  page["!ref"] = XLSX.utils.encode_range(range);
}

const job = JSON.parse(fs.readFileSync(0, "utf8"));
const book = XLSX.readFile(job.path, { cellStyles: true, cellNF: true, sheetStubs: true });
for (const { sheet, cell, value } of job.cells) {
  if (!book.Sheets[sheet]) throw new Error(`no sheet ${sheet}`);
  put(book.Sheets[sheet], cell, value);
}
XLSX.writeFile(book, job.out, { bookType: job.format || "xlsx", compression: true });
