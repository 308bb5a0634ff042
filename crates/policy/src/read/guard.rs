//! What is refused before the TOML parser sees it: what would make reading slow, deep or misleading.

use crate::{
    diagnostic::{Diagnostic, Place},
    source::{Source, Sources},
};

/// The most text a policy may have, over all files. A notice of this size has a thousand pages.
const MOST_BYTES: usize = 4 * 1024 * 1024;
/// How deep brackets and dotted keys may be nested. The format needs three levels.
const DEEPEST: usize = 32;

/// Checks the texts; if anything is found, they are not parsed.
pub(super) fn check(sources: &Sources) -> Vec<Diagnostic> {
    let total: usize = sources.0.iter().map(|source| source.text.len()).sum();
    if total > MOST_BYTES {
        let largest = sources.0.iter().enumerate().max_by_key(|(_, source)| source.text.len());
        let place = Place { source: largest.map_or(0, |(index, _)| index), span: 0..0 };
        return vec![
            Diagnostic::error(
                "too-large",
                &place,
                format!("the policy has {total} bytes; {MOST_BYTES} (4 MiB) are the most that is read"),
            )
            .label("the largest file")
            .help("give the policy file or its folder, without data files beside it"),
        ];
    }
    let each = |(index, source): (usize, &Source)| control_character(index, source).or_else(|| depth(index, source));
    sources.0.iter().enumerate().filter_map(each).collect()
}

/// Control characters, also those that turn the direction of writing: what a person reads must be what is read here.
fn control_character(index: usize, source: &Source) -> Option<Diagnostic> {
    let forbidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let (at, found) = source.text.char_indices().find(|(_, c)| forbidden(*c))?;
    let place = Place { source: index, span: at..at + found.len_utf8() };
    let what =
        if found.is_control() { "a control character" } else { "a character that turns the direction of writing" };
    Some(
        Diagnostic::error("control-character", &place, format!("the text has {what} (U+{:04X})", u32::from(found)))
            .label("here")
            .help("a policy is plain text in UTF-8; remove the character"),
    )
}

/// Where the scan stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Plain,
    Comment,
    /// In a string closed by so many of this quotation mark.
    Quoted(u8, usize),
}

/// Brackets and dotted keys nested too deep. One pass over the bytes; strings and comments are skipped.
fn depth(index: usize, source: &Source) -> Option<Diagnostic> {
    let bytes = source.text.as_bytes();
    let mut within = Within::Plain;
    let mut brackets = 0_usize;
    let mut dots = 0_usize;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let run = |mark: u8| bytes.iter().skip(at).take(3).take_while(|next| **next == mark).count();
        let mut step = 1;
        match (within, byte) {
            (Within::Comment | Within::Quoted(_, 1), b'\n') => within = Within::Plain,
            (Within::Quoted(b'"', _), b'\\') => step = 2,
            (Within::Quoted(mark, length), byte) if byte == mark => {
                if run(mark) >= length {
                    within = Within::Plain;
                    step = length;
                }
            }
            (Within::Plain, b'#') => within = Within::Comment,
            (Within::Plain, mark @ (b'"' | b'\'')) => match run(mark) {
                3 => (within, step) = (Within::Quoted(mark, 3), 3),
                2 => step = 2,
                _ => within = Within::Quoted(mark, 1),
            },
            (Within::Plain, b'[' | b'{') => (brackets, dots) = (brackets + 1, 0),
            (Within::Plain, b']' | b'}') => (brackets, dots) = (brackets.saturating_sub(1), 0),
            (Within::Plain, b'.') => dots += 1,
            (Within::Plain, b'\n' | b'=' | b',') => dots = 0,
            (Within::Plain | Within::Comment | Within::Quoted(..), _) => {}
        }
        if brackets > DEEPEST || dots > DEEPEST {
            let place = Place { source: index, span: at..at + 1 };
            return Some(
                Diagnostic::error("too-deep", &place, format!("nested more than {DEEPEST} levels deep"))
                    .label("this level is too deep")
                    .help("the tables of a policy are two levels deep: `[kind.name]` with keys in it"),
            );
        }
        at += step;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<&'static str> {
        check(&Sources::one("p", text)).first().map(|finding| finding.code)
    }

    #[test]
    fn depth_is_counted_outside_of_strings_and_comments() {
        let open = "[".repeat(40);
        assert_eq!(found(&format!("a = {open}")), Some("too-deep"));
        assert_eq!(found(&format!("a = \"{open}\"")), None);
        assert_eq!(found(&format!("a = '{open}'")), None);
        assert_eq!(found(&format!("a = \"\"\"\n\\\"{open}\"\"\"")), None);
        assert_eq!(found(&format!("# {open}")), None);
        assert_eq!(found(&format!("# '\na = {open}")), Some("too-deep"));
        assert_eq!(found(&format!("a = \"\"\nb = {open}")), Some("too-deep"));
        assert_eq!(found(&format!("{}c = 1", "a.".repeat(40))), Some("too-deep"));
        assert_eq!(found(&"[a.b]\nc.d = 1.5\n".repeat(40)), None);
    }

    #[test]
    fn hidden_characters_are_found() {
        assert_eq!(found("a = 1\0"), Some("control-character"));
        assert_eq!(found("a = \"\u{202e}abc\""), Some("control-character"));
        assert_eq!(found("a = \"ä\"\r\n\tb = 1"), None);
    }
}
