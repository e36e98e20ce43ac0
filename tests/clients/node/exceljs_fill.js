// Fills cells of a workbook with exceljs and saves it elsewhere. The job stands on standard input as JSON:
// {"path", "out", "cells": [{"sheet", "cell", "value"}]}; a null value clears the cell.
"use strict";
const fs = require("node:fs");
const ExcelJS = require("exceljs");

async function main() {
  const job = JSON.parse(fs.readFileSync(0, "utf8"));
  const book = new ExcelJS.Workbook();
  await book.xlsx.readFile(job.path);
  for (const { sheet, cell, value } of job.cells) {
    const page = book.getWorksheet(sheet);
    if (!page) throw new Error(`no sheet ${sheet}`);
    page.getCell(cell).value = value;
  }
  await book.xlsx.writeFile(job.out);
}

main().catch((fault) => {
  console.error(fault.stack);
  process.exit(1);
});
