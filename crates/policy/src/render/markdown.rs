//! A document as Markdown (CommonMark with tables). Nothing in a text can act as markup.

use super::document::{Block, Document, Entry, Table};
use crate::notice::{
    html::is_safe,
    markdown::{block, inline},
};

/// The complete text.
pub(super) fn write(page: &Document) -> String {
    let mut blocks = vec![format!("# {}", inline(&page.title))];
    let head: Vec<_> =
        page.head.iter().map(|(label, value)| format!("- {}: {}", inline(label), inline(value))).collect();
    if !head.is_empty() {
        blocks.push(head.join("\n"));
    }
    blocks.extend(page.intro.iter().map(|paragraph| block(paragraph)));
    for (section, number) in page.sections.iter().zip(1..) {
        blocks.push(format!("## {number}. {}", inline(&section.title)));
        for one in &section.blocks {
            match one {
                Block::Text(text) => blocks.push(block(text)),
                Block::Table(table) => blocks.push(write_table(table)),
            }
        }
    }
    blocks.join("\n\n") + "\n"
}

fn write_table(table: &Table) -> String {
    let columns = table.heads.len().max(table.rows.iter().map(Vec::len).max().unwrap_or(0));
    let line = |cells: Vec<String>| {
        let missing = columns.saturating_sub(cells.len());
        let cells: Vec<_> = cells.into_iter().chain(std::iter::repeat_n(String::new(), missing)).collect();
        format!("| {} |", cells.join(" | "))
    };
    let mut lines =
        vec![line(table.heads.iter().map(|head| inline(head)).collect()), format!("|{}", " --- |".repeat(columns))];
    lines.extend(table.rows.iter().map(|row| {
        line(row.iter().map(|entries| entries.iter().map(entry).collect::<Vec<_>>().join("<br>")).collect())
    }));
    format!("**{}**\n\n{}", inline(&table.caption), lines.join("\n"))
}

fn entry(entry: &Entry) -> String {
    let text = inline(&entry.text);
    let plain = |href: &&str| is_safe(href) && !href.contains(['(', ')', '<', '>', ' ', '\\']);
    match entry.href.as_deref().filter(plain) {
        Some(href) => format!("[{text}]({href})"),
        None => text,
    }
}
