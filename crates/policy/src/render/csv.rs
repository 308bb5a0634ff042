//! A table as comma-separated values (RFC 4180), for a spreadsheet: lines end in CR LF, a cell with several entries
//! has one on each line.
//!
//! A cell that a spreadsheet would take for a formula is preceded by an apostrophe, which makes it a text there.

use super::document::{Entry, Table};

/// The table with its heads, one record on each line. Every record has as many cells as there are heads.
pub(super) fn write(table: &Table) -> String {
    let columns = table.heads.len();
    let mut out = record(table.heads.clone());
    for row in &table.rows {
        let mut cells: Vec<_> = row.iter().map(|entries| joined(entries)).collect();
        cells.resize(columns, String::new());
        out.push_str(&record(cells));
    }
    out
}

fn joined(entries: &[Entry]) -> String {
    entries.iter().map(|entry| entry.text.as_str()).collect::<Vec<_>>().join("\n")
}

fn record(cells: Vec<String>) -> String {
    let cells: Vec<_> = cells.iter().map(|cell| quoted(cell)).collect();
    cells.join(",") + "\r\n"
}

fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::document::{cell, cells};

    #[test]
    fn quotes_commas_and_lines_stay_inside_their_cell_and_nothing_is_a_formula() {
        let table = Table {
            heads: vec!["a".into(), "b".into(), "c".into()],
            rows: vec![
                vec![cell("x, \"y\""), cells(["one", "two"]), cell("=1+1")],
                vec![cell("+49 30"), cell("-1"), cell("@x")],
                vec![cell("short")],
            ],
            ..Table::default()
        };
        assert_eq!(write(&table), "a,b,c\r\n\"x, \"\"y\"\"\",\"one\ntwo\",'=1+1\r\n'+49 30,'-1,'@x\r\nshort,,\r\n");
    }
}
