// Says as JSON what exceljs sees of a workbook: per sheet its state, protection, unlocked cells, validations and values.
// The path stands on standard input as {"path"}.
"use strict";
const fs = require("node:fs");
const ExcelJS = require("exceljs");

function inspect(page) {
  const unlocked = [];
  const values = {};
  page.eachRow({ includeEmpty: true }, (row) =>
    row.eachCell({ includeEmpty: true }, (cell) => {
      if (cell.protection && cell.protection.locked === false) unlocked.push(cell.address);
      if (cell.value !== null && cell.master === cell) values[cell.address] = cell.value;
    })
  );
  return {
    name: page.name,
    state: page.state,
    protection: page.sheetProtection || null,
    unlocked,
    validations: page.dataValidations.model,
    values,
  };
}

async function main() {
  const job = JSON.parse(fs.readFileSync(0, "utf8"));
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(job.path);
  process.stdout.write(JSON.stringify({ sheets: book.worksheets.map(inspect) }));
}

main().catch((fault) => {
  console.error(fault.stack);
  process.exit(1);
});
