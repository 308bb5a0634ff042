//! Entries of one kind as a table: many cookies are read down a column, not one paragraph after the other.
//!
//! Each row is one item: it has the item's anchor as its id, and its annotation stands in its last cell.

use super::{
    Item, Section,
    html::{Page, class, escape},
};

/// From how many entries on a table reads better than paragraphs.
pub(super) const LEAST: usize = 3;

/// Whether two items belong into one table.
pub(super) fn same(one: &Item, other: &Item) -> bool {
    !one.facts.is_empty() && one.facts.iter().map(|fact| fact.head).eq(other.facts.iter().map(|fact| fact.head))
}

/// Writes the items as a table that is called as their section.
pub(super) fn put(page: &mut Page<'_>, section: &Section, items: &[(String, &Item)]) {
    let Some((_, first)) = items.first() else { return };
    let title = format!("{}.title", escape(section.anchor.as_str()));
    page.put(&format!("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"{title}\">\n"));
    page.put(&format!("<table class=\"summary entries\" aria-labelledby=\"{title}\">\n<thead><tr>"));
    for fact in &first.facts {
        page.put(&format!("<th scope=\"col\">{}</th>", escape(fact.head)));
    }
    page.put("</tr></thead>\n<tbody>\n");
    for (number, item) in items {
        row(page, number, item);
    }
    page.put("</tbody>\n</table>\n</div>\n");
}

fn row(page: &mut Page<'_>, number: &str, item: &Item) {
    let annotation = (page.annotate)(&item.anchor);
    let state = annotation.as_ref().map_or("", |annotation| class(annotation.state));
    let space = if state.is_empty() { "" } else { " " };
    let anchor = escape(item.anchor.as_str());
    page.put(&format!("<tr class=\"entry{space}{state}\" id=\"{anchor}\">"));
    let last = item.facts.len().saturating_sub(1);
    for (index, fact) in item.facts.iter().enumerate() {
        if index == 0 {
            page.put(&format!("<th scope=\"row\"><a class=\"number\" href=\"#{anchor}\">{number}</a> "));
            page.put(&format!("<code>{}</code>", escape(&fact.value)));
            page.note(annotation.as_ref());
            page.put("</th>");
        } else {
            page.put(&format!("<td data-head=\"{}\">", escape(fact.head)));
            page.linked(&fact.value);
            if let Some(annotation) = annotation.as_ref().filter(|_| index == last) {
                page.annotation(annotation);
            }
            page.put("</td>");
        }
    }
    page.put("</tr>\n");
}
