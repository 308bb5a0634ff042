//! The form of the short ids, and the nearest one to a typing error.

/// The longest a short id may be.
pub(crate) const LONGEST: usize = 64;

/// Whether `text` is a short id: lower-case letters and digits, joined by single `-`, `_` or `.`, starting with a letter.
pub(crate) fn is_name(text: &str) -> bool {
    text.len() <= LONGEST
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .split(['-', '_', '.'])
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

/// The known name that `text` was probably meant to be.
pub(crate) fn nearest<'n>(text: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    // Comparing is quadratic in the length; what is much longer than a name is no typing error.
    if text.len() > LONGEST * 2 {
        return None;
    }
    let lower = text.to_lowercase();
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&lower, name), name))
        .filter(|(distance, name)| *distance <= name.chars().count().div_ceil(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// The help for an unknown name: the nearest known one, or all of them if they are few.
pub(crate) fn did_you_mean<'n>(text: &str, known: impl IntoIterator<Item = &'n str> + Clone) -> Option<String> {
    if let Some(name) = nearest(text, known.clone()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let names: Vec<_> = known.into_iter().map(|name| format!("`{name}`")).collect();
    (1..=16).contains(&names.len()).then(|| format!("known here: {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_form() {
        for name in ["a", "shopper-order", "ticket.closed", "payment_method", "b2b"] {
            assert!(is_name(name), "{name}");
        }
        for text in ["", "A", "2b", "a--b", "a.", "-a", "a b", "ä", &"a".repeat(65)] {
            assert!(!is_name(text), "{text}");
        }
    }

    #[test]
    fn a_typing_error_finds_its_name() {
        assert_eq!(nearest("shoper", ["client", "shopper"]), Some("shopper"));
        assert_eq!(nearest("zebra", ["client", "shopper"]), None);
        assert_eq!(did_you_mean("zebra", ["client"]), Some("known here: `client`".into()));
    }
}
