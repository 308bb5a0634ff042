//! A document as one page for reading and print, with the style sheet of the notice.
//!
//! Every text is escaped; there is no script and no request to anywhere.

use super::document::{Block, Document, Entry, Section, Table};
use crate::notice::html::{document, escape, is_safe, linked};

/// What tables need beyond the notice: on paper they may be narrower than on a screen.
const STYLE: &str = "@media print, (min-width: 40rem) {
  .notice table.facts th { width: 30%; }
  .notice table.dense th { width: 16%; }
}
@media print {
  .notice table.summary :is(th, td) { min-width: 0; }
  .notice table.summary tr { break-inside: avoid; }
  .notice:has(table.dense) h1 { margin: 0 0 8px; font-size: 1.5rem; }
  .notice:has(table.dense) h2 { margin-top: 16px; }
  .notice:has(table.dense) :is(.meta, .intro, .scroll) { margin: 8px 0; padding: 4px 0; font-size: 9pt; }
  .notice table.dense :is(th, td) { padding-block: 4px; }
  .notice table.dense li { display: inline; }
  .notice table.dense li + li::before { content: \" \\B7  \"; }
}
";

/// The complete page.
pub(super) fn write(page: &Document) -> String {
    let lang = page.lang.tag();
    let mut out = format!("<article class=\"notice\" lang=\"{lang}\">\n<header>\n<h1>{}</h1>\n", escape(&page.title));
    if !page.head.is_empty() {
        put(&mut out, "<dl class=\"meta\">\n");
        for (label, value) in &page.head {
            put(&mut out, &format!("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(label), linked(value)));
        }
        put(&mut out, "</dl>\n");
    }
    put(&mut out, "</header>\n");
    for paragraph in &page.intro {
        put(&mut out, &format!("<p class=\"intro\">{}</p>\n", linked(paragraph)));
    }
    if page.sections.len() > 3 {
        contents(page, &mut out);
    }
    for (section, number) in page.sections.iter().zip(1..) {
        write_section(section, number, &mut out);
    }
    put(&mut out, "</article>\n");
    document(page.lang, &page.title, STYLE, &out)
}

fn put(out: &mut String, markup: &str) {
    out.push_str(markup);
}

fn contents(page: &Document, out: &mut String) {
    let label = escape(&page.contents());
    put(out, &format!("<nav class=\"contents\" aria-label=\"{label}\">\n<details><summary>{label}</summary>\n<ol>\n"));
    for section in &page.sections {
        let (id, title) = (escape(&section.id), escape(&section.title));
        put(out, &format!("<li><a href=\"#{id}\">{title}</a></li>\n"));
    }
    put(out, "</ol>\n</details>\n</nav>\n");
}

fn write_section(section: &Section, number: usize, out: &mut String) {
    let (id, title) = (escape(&section.id), escape(&section.title));
    put(
        out,
        &format!(
            "<section id=\"{id}\" aria-labelledby=\"{id}.title\">\n\
         <h2 id=\"{id}.title\"><span class=\"number\">{number}</span> {title}</h2>\n"
        ),
    );
    for (block, index) in section.blocks.iter().zip(1..) {
        match block {
            Block::Text(text) => put(out, &format!("<div class=\"promise\"><p>{}</p></div>\n", linked(text))),
            Block::Table(table) => write_table(table, &format!("{id}.table{index}"), out),
        }
    }
    put(out, "</section>\n");
}

fn write_table(table: &Table, id: &str, out: &mut String) {
    let caption = escape(&table.caption);
    let facts = if table.heads.is_empty() { " facts" } else { "" };
    let dense = if table.dense { " dense" } else { "" };
    put(
        out,
        &format!(
            "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{id}\">\n\
         <table class=\"summary{facts}{dense}\">\n<caption id=\"{id}\">{caption}</caption>\n"
        ),
    );
    if !table.heads.is_empty() {
        put(out, "<thead><tr>");
        for head in &table.heads {
            put(out, &format!("<th scope=\"col\">{}</th>", escape(head)));
        }
        put(out, "</tr></thead>\n");
    }
    put(out, "<tbody>\n");
    for row in &table.rows {
        put(out, "<tr>");
        for (index, entries) in row.iter().enumerate() {
            let content = match entries.as_slice() {
                [] => String::new(),
                [only] => entry(only),
                more => {
                    let lines: Vec<_> = more.iter().map(|one| format!("<li>{}</li>", entry(one))).collect();
                    format!("<ul>{}</ul>", lines.concat())
                }
            };
            if index == 0 {
                put(out, &format!("<th scope=\"row\">{content}</th>"));
            } else {
                let head = table.heads.get(index).map_or_else(String::new, |head| escape(head));
                put(out, &format!("<td data-head=\"{head}\">{content}</td>"));
            }
        }
        put(out, "</tr>\n");
    }
    put(out, "</tbody>\n</table>\n</div>\n");
}

fn entry(entry: &Entry) -> String {
    match entry.href.as_deref().filter(|href| is_safe(href)) {
        Some(href) => format!("<a href=\"{}\">{}</a>", escape(href), escape(&entry.text)),
        None => linked(&entry.text),
    }
}
