//! Account numbers (ISO 13616): the length of their country and the check digits.

/// The countries that use an IBAN, with its length (IBAN registry).
const LENGTHS: [(&str, usize); 88] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// The number without spaces and in capitals, if its length and check digits are right.
pub(super) fn checked(text: &str) -> Option<String> {
    let number: String =
        text.chars().filter(|letter| !letter.is_whitespace()).map(|letter| letter.to_ascii_uppercase()).collect();
    let (country, rest) = number.split_at_checked(2)?;
    let (digits, account) = rest.split_at_checked(2)?;
    let (_, length) = LENGTHS.iter().find(|(known, _)| *known == country)?;
    let sound = number.len() == *length
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && account.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !sound {
        return None;
    }
    // Country and check digits move to the end, letters count from A = 10; the whole is 1 modulo 97 (ISO 7064).
    let remainder = account.chars().chain(country.chars()).chain(digits.chars()).try_fold(0_u32, |so_far, letter| {
        let value = letter.to_digit(36)?;
        let shift = if value > 9 { 100 } else { 10 };
        Some((so_far * shift + value) % 97)
    });
    (remainder == Some(1)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_checked_and_cleaned() {
        assert_eq!(checked(" de89 3704 0044 0532 0130 00 ").as_deref(), Some("DE89370400440532013000"));
        assert!(checked("GB29 NWBK 6016 1331 9268 19").is_some());
        assert!(checked("NO93 8601 1117 947").is_some());
        assert!(checked("MT84MALT011000012345MTLCAST001S").is_some());
    }

    #[test]
    fn wrong_numbers_are_refused() {
        for wrong in ["", "DE", "DE8", "DE88 3704 0044 0532 0130 00", "DE89370400440532013", "ZZ89370400440532013000"] {
            assert_eq!(checked(wrong), None, "{wrong}");
        }
        assert_eq!(checked("DEé937040044053201300"), None);
        assert_eq!(checked("DE8937040044053201300-"), None);
    }

    #[test]
    fn every_country_once() {
        let mut known: Vec<_> = LENGTHS.iter().map(|(country, _)| country).collect();
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), LENGTHS.len());
    }
}
