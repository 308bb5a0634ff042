//! The notice as Markdown.

use super::{Cell, Notice};

/// Writes the notice as Markdown (CommonMark with tables). Nothing in a text can act as markup.
pub fn write(notice: &Notice) -> String {
    let head: Vec<_> = notice.head().iter().map(|(label, value)| format!("- {label}: {}", inline(value))).collect();
    let mut blocks = vec![format!("# {}", inline(&notice.title)), head.join("\n")];
    blocks.extend(notice.intro.iter().map(|paragraph| block(paragraph)));
    if let Some(summary) = &notice.summary {
        blocks.push(format!("**{}**", inline(&summary.caption)));
        let rows = summary.rows.iter().map(|row| row.iter().map(|cells| cell(cells)).collect::<Vec<_>>().join(" | "));
        let lines = [summary.heads.join(" | "), "--- | --- | --- | ---".to_owned()].into_iter().chain(rows);
        blocks.push(lines.map(|line| format!("| {line} |")).collect::<Vec<_>>().join("\n"));
    }
    for section in &notice.sections {
        blocks.push(format!("## {}. {}", section.number, inline(&section.title)));
        blocks.extend(section.lead.iter().map(|lead| block(lead)));
        blocks.extend(section.items.iter().zip(1..).map(|(item, number)| {
            let term = item.term.as_ref().map_or_else(String::new, |term| format!("**{}.** ", inline(term)));
            format!("{}.{number} {term}{}", section.number, inline(&item.text))
        }));
    }
    blocks.join("\n\n") + "\n"
}

fn cell(cells: &[Cell]) -> String {
    cells.iter().map(|cell| inline(&cell.text)).collect::<Vec<_>>().join("<br>")
}

/// A text as a paragraph of its own: it must not begin a list either.
pub(crate) fn block(text: &str) -> String {
    let text = inline(text.trim());
    if text.starts_with(['-', '+']) {
        return format!("\\{text}");
    }
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    match text.chars().nth(digits) {
        Some(mark @ ('.' | ')')) if digits > 0 => text.replacen(mark, &format!("\\{mark}"), 1),
        _ => text,
    }
}

/// A text in which nothing acts as markup.
pub(crate) fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '>' => {
                out.push('\\');
                out.push(letter);
            }
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            // A line break could begin a list, a heading or a table.
            '\n' | '\r' => out.push(' '),
            other => out.push(other),
        }
    }
    out
}
