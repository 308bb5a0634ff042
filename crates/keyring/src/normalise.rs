//! When two spellings are one identity.
//!
//! The rules are cautious: two people taken for one is worse than one person taken for two, so a spelling that does
//! not look like its kind is compared as plain text.

use unicode_normalization::UnicodeNormalization;

/// The form of `value` under which the blind index of `field` finds it.
///
/// Compatibility forms are folded (NFKC), letters are compared in lower case, white space at the ends does not count
/// and inside counts once. An e-mail address is compared in lower case as a whole: in theory the part before the `@`
/// may tell capitals apart, in practice no provider does and people write both. A telephone number is compared by its
/// digits, with `+` for the international prefix.
///
/// What a field holds is told by its name: `phone`, `mobile`, `billing_phone`.
pub fn identity(field: &str, value: &str) -> String {
    let text = text(value);
    let is_phone = field.split(['_', '-', '.']).any(|word| matches!(word, "phone" | "telephone" | "mobile" | "tel"));
    if is_phone { phone(&text).unwrap_or(text) } else { text }
}

fn text(value: &str) -> String {
    let folded: String = value.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The digits of a telephone number; nothing if there is anything in it that does not belong into one.
fn phone(text: &str) -> Option<String> {
    let (prefix, number) = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        // `+49 (0)30 ...`: the zero is only dialled inside the country.
        Some(number) => ("+", number.replacen("(0)", "", 1)),
        None => ("", text.to_owned()),
    };
    let belongs = |char: char| char.is_ascii_digit() || matches!(char, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{2010}');
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    (number.chars().all(belongs) && !digits.is_empty()).then(|| format!("{prefix}{digits}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::identity;

    #[test]
    fn spellings_of_one_identity() {
        for (field, spelling, form) in [
            ("email", "  Alice@Example.ORG\n", "alice@example.org"),
            ("email", "ａlice@example.org", "alice@example.org"),
            ("phone", "+49 (0)30 / 12-34", "+49301234"),
            ("phone", "0049 30 1234", "+49301234"),
            ("billing_phone", "030 1234", "0301234"),
            ("name", "  Ada \u{a0} LOVELACE ", "ada lovelace"),
            ("customer_no", "Ａ-17", "a-17"),
            ("hotel", "00 7", "00 7"),
        ] {
            assert_eq!(identity(field, spelling), form);
        }
    }

    #[test]
    fn what_is_no_number_stays_apart() {
        assert_eq!(identity("phone", "none"), "none");
        assert_eq!(identity("phone", "+"), "+");
        assert_ne!(identity("phone", "030 1 ext 5"), identity("phone", "030 15"));
        assert_ne!(identity("phone", "1+5"), identity("phone", "15"));
    }

    proptest! {
        #[test]
        fn normal_forms_are_stable(field in "phone|email", value in "\\PC{0,12}|[+0-9 ()]{0,12}") {
            let form = identity(&field, &value);
            prop_assert_eq!(identity(&field, &form), form);
        }
    }
}
