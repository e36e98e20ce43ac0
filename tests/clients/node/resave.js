// Opens workbooks and saves them elsewhere unchanged, many in one process. The job stands on standard input as JSON:
// {"library": "exceljs" | "sheetjs", "files": [{"path", "out"}]}.
"use strict";
const fs = require("node:fs");

async function byExcelJs(path, out) {
  const ExcelJS = require("exceljs");
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(path);
  await book.xlsx.writeFile(out);
}

async function bySheetJs(path, out) {
  const XLSX = require("xlsx");
  const book = XLSX.readFile(path, { cellStyles: true, cellNF: true, sheetStubs: true });
  XLSX.writeFile(book, out, { bookType: "xlsx", compression: true });
}

async function main() {
  const job = JSON.parse(fs.readFileSync(0, "utf8"));
  const resave = { exceljs: byExcelJs, sheetjs: bySheetJs }[job.library];
  for (const { path, out } of job.files) await resave(path, out);
}

main().catch((fault) => {
  console.error(fault.stack);
  process.exit(1);
});
