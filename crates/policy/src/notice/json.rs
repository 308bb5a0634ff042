//! The notice as JSON, with the items of Art. 13 and 14 by their letters.

use serde_json::{Value, json};

use super::{Item, Notice, Section};

/// What Art. 13 demands, in its order, and the two items of Art. 14 that go beyond it.
const ARTICLES: [&str; 14] = [
    "13(1)(a)", "13(1)(b)", "13(1)(c)", "13(1)(d)", "13(1)(e)", "13(1)(f)", "13(2)(a)", "13(2)(b)", "13(2)(c)",
    "13(2)(d)", "13(2)(e)", "13(2)(f)", "14(1)(d)", "14(2)(f)",
];

/// The notice as one JSON object. `articles` names, for each item of Art. 13 and 14, the anchors that answer it; an
/// empty list says that it does not arise (no legitimate interest, no consent).
pub fn value(notice: &Notice) -> Value {
    let articles: serde_json::Map<_, _> = ARTICLES
        .iter()
        .map(|article| {
            let anchors: Vec<_> = notice
                .sections
                .iter()
                .flat_map(|section| &section.items)
                .filter(|item| item.articles.contains(article))
                .map(|item| item.anchor.as_str())
                .collect();
            ((*article).to_owned(), json!(anchors))
        })
        .collect();
    json!({
        "format": "obhut-notice/1",
        "policy": notice.meta.policy,
        "audience": notice.audience.as_str(),
        "lang": notice.lang.tag(),
        "title": notice.title,
        "version": notice.meta.version,
        "valid_from": notice.meta.valid_from.to_string(),
        "hash": notice.meta.hash.to_string(),
        "url": notice.meta.url,
        "intro": notice.intro,
        "summary": notice.summary.as_ref().map(|summary| json!({
            "caption": summary.caption,
            "heads": summary.heads,
            "rows": summary.rows.iter().map(|row| {
                row.iter().map(|cells| {
                    cells.iter().map(|cell| json!({ "text": cell.text, "anchor": cell.anchor.as_str() })).collect()
                }).collect()
            }).collect::<Vec<Vec<Vec<Value>>>>(),
        })),
        "articles": articles,
        "sections": notice.sections.iter().map(section).collect::<Vec<_>>(),
    })
}

fn section(section: &Section) -> Value {
    json!({
        "anchor": section.anchor.as_str(),
        "number": section.number,
        "title": section.title,
        "lead": section.lead,
        "items": section.items.iter().map(item).collect::<Vec<_>>(),
    })
}

fn item(item: &Item) -> Value {
    json!({ "anchor": item.anchor.as_str(), "term": item.term, "text": item.text, "articles": item.articles })
}
