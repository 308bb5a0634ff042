//! Reading HTML as far as the checks need it: tags with their attributes.

use std::collections::BTreeSet;

/// A start tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    /// Its name, in lower case.
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute; empty if it has none.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The names of all attributes.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|(name, _)| name.as_str())
    }

    /// Whether an attribute has exactly this value.
    pub(super) fn is(&self, name: &str, value: &str) -> bool {
        self.get(name) == Some(value)
    }
}

/// The start tags of a document, in order.
pub(super) fn tags(html: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((inside, tail)) = tag_end(after) else { break };
        rest = tail;
        tags.extend(tag(inside));
    }
    tags
}

fn tag(inside: &str) -> Option<Tag> {
    let name: String = inside.chars().take_while(char::is_ascii_alphanumeric).collect();
    let mut rest = inside.strip_prefix(name.as_str()).filter(|_| !name.is_empty())?;
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter: char| letter.is_whitespace() || letter == '/');
        let end = rest.find(|letter: char| letter.is_whitespace() || letter == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end)?;
        if name.is_empty() {
            break;
        }
        let after = after.trim_start();
        let (value, tail) = match after.strip_prefix('=').map(str::trim_start) {
            None => ("", after),
            Some(after) => match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after.strip_prefix(quote)?.split_once(quote)?,
                _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
            },
        };
        attributes.push((name.to_ascii_lowercase(), plain(value)));
        rest = tail;
    }
    Some(Tag { name: name.to_ascii_lowercase(), attributes })
}

/// The text of an attribute or element, without entities.
fn plain(text: &str) -> String {
    let entities = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    entities.iter().fold(text.to_owned(), |text, (entity, letter)| text.replace(entity, letter))
}

/// The document without its tags and entities: what is read.
pub(super) fn text(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        rest = tag_end(after).map_or("", |(_, tail)| tail);
    }
    out.push_str(rest);
    plain(&out)
}

/// What stands inside the first element with this id, without the remarks (`aside`) in it.
pub(super) fn inside(html: &str, id: &str) -> Option<String> {
    let mut rest = html;
    let (name, mut rest) = loop {
        let (_, after) = rest.split_once('<')?;
        let (inside, tail) = tag_end(after)?;
        match tag(inside).filter(|tag| tag.is("id", id)) {
            Some(found) => break (found.name, tail),
            None => rest = if inside.is_empty() { after } else { tail },
        }
    };
    let mut depth = 1_usize;
    let mut aside = 0_usize;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once('<') {
        if aside == 0 {
            out.push_str(before);
        }
        let (inside, tail) = tag_end(after)?;
        rest = tail;
        let closes = inside.strip_prefix('/').map(|name| name.trim().to_ascii_lowercase());
        let opens = tag(inside).map(|tag| tag.name);
        let counts = |known: &str| (opens.as_deref() == Some(known), closes.as_deref() == Some(known));
        match counts("aside") {
            (true, _) => aside = aside.saturating_add(1),
            (_, true) => aside = aside.saturating_sub(1),
            _ if aside == 0 => out.extend(["<", inside, ">"]),
            _ => {}
        }
        match counts(&name) {
            (true, _) if !inside.ends_with('/') => depth = depth.saturating_add(1),
            (_, true) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return Some(out);
        }
    }
    None
}

/// The inside of a tag and what follows it: up to the first `>` that stands in no quoted value.
fn tag_end(after: &str) -> Option<(&str, &str)> {
    let mut quote = None;
    let end = after.char_indices().find(|(_, letter)| {
        match (quote, letter) {
            (None, '"' | '\'') => quote = Some(*letter),
            (Some(open), letter) if open == *letter => quote = None,
            _ => {}
        }
        quote.is_none() && *letter == '>'
    });
    let (inside, tail) = after.split_at_checked(end?.0)?;
    Some((inside, tail.strip_prefix('>')?))
}

/// All ids of a document.
pub(super) fn ids(html: &str) -> BTreeSet<String> {
    tags(html).iter().filter_map(|tag| tag.get("id").map(str::to_owned)).collect()
}

/// The value of the first input with this name.
pub(super) fn input(html: &str, name: &str) -> Option<String> {
    tags(html)
        .iter()
        .find(|tag| tag.name == "input" && tag.is("name", name))
        .and_then(|tag| tag.get("value"))
        .map(str::to_owned)
}

/// Whether a check box is ticked that nobody ticked.
pub(super) fn ticked(html: &str) -> bool {
    tags(html)
        .iter()
        .any(|tag| tag.name == "input" && tag.is("type", "checkbox") && tag.names().any(|name| name == "checked"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_their_attributes() {
        let html = "<!doctype html><p id=a class='x y'>1 < 2</p><input type=\"checkbox\" checked name=\"b&amp;c\"/><a href=\"/?a>b\">x</a>";
        let tags = tags(html);
        let names: Vec<_> = tags.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["p", "input", "a"]);
        assert_eq!(ids(html), ["a".to_owned()].into());
        assert!(ticked(html) && !ticked("<input type=checkbox><input type=radio checked>"));
        assert!(tags.iter().any(|tag| tag.is("name", "b&c")) && tags.iter().any(|tag| tag.is("href", "/?a>b")));
    }

    #[test]
    fn what_stands_inside_an_element() {
        let html = "<div id='a'><div>x<aside>no</aside></div><p title=\"<>\">y</p></div><tr id=\"b\"><td>z</td></tr>";
        assert_eq!(inside(html, "a").map(|inner| text(&inner)).as_deref(), Some("xy"));
        assert_eq!(inside(html, "b").map(|inner| text(&inner)).as_deref(), Some("z"));
        assert_eq!(inside(html, "c"), None);
    }

    #[test]
    fn what_is_read() {
        assert_eq!(text("<p>A &amp; B</p> <q title=\"c\">d</q>"), "A & B d");
        assert_eq!(input("<input name=\"t\" value=\"1\">", "t").as_deref(), Some("1"));
    }
}
