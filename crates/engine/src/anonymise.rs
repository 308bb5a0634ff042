//! Anonymisation: random values in the place of what was said, under a key that nothing old opens with.
//!
//! The record and its person keep their ids, so that counts and references still hold; what they say is made up. Every
//! value that stays is sealed again under a fresh key of the person, and the old key is doomed in the same commit: an
//! old copy of the store opens nothing of it afterwards. The same happens to what stays when a part of a person's
//! records is erased.

use jiff::Timestamp;
use obhut_core::{
    change::{Change, KeySlot, Record},
    id::{FieldName, RecordId, TenantId},
    model::{FieldFormat, Model},
};
use obhut_keyring::{Facets, KeyringError, Place, Random};
use obhut_store::SubjectSnapshot;

use crate::{Engine, Error};

impl Engine {
    /// A fresh key for a person, and what stays under it: the records of `anonymised` with random values, the others
    /// as they are. What is in neither list but in `gone` is left behind.
    pub(crate) fn rekey(
        &self,
        tenant: TenantId,
        snapshot: &SubjectSnapshot,
        (gone, anonymised): (&[RecordId], &[RecordId]),
        now: Timestamp,
    ) -> Result<Rekeyed, Error> {
        let subject = snapshot.subject.id;
        // Durable before the first row that needs it.
        let slot = self.keys.add_subject(tenant, subject, &*self.host.random)?;
        let mut changes = vec![Change::Rekey { subject, key: slot }];
        let mut records = Vec::new();
        for record in snapshot.records.iter().filter(|record| !gone.contains(&record.id)) {
            let anew = anonymised.contains(&record.id);
            match self.seal_again(tenant, record, (snapshot.subject.key, slot), anew) {
                Ok(mut again) => {
                    again.anonymised = if anew { Some(now) } else { record.anonymised };
                    changes.push(Change::PutRecord(again.clone()));
                    records.push(again);
                }
                Err(error) => {
                    self.keys.destroy(&[(tenant, slot)], Facets::All)?;
                    return Err(error);
                }
            }
        }
        Ok(Rekeyed { slot, changes, records })
    }

    fn seal_again(
        &self,
        tenant: TenantId,
        record: &Record,
        (from, to): (KeySlot, KeySlot),
        anew: bool,
    ) -> Result<Record, Error> {
        let version = record.version.saturating_add(1);
        let mut sealed = Vec::with_capacity(record.sealed.len());
        for (field, value) in &record.sealed {
            let old = Place {
                tenant,
                subject: record.subject,
                subject_key: from,
                statutory: self.model.data.get(&record.class).is_some_and(|class| class.statutory),
                class: &record.class,
                record: record.id,
                version: record.version,
                field,
            };
            let new = Place { subject_key: to, version, ..old };
            let random = &*self.host.random;
            let value = if anew {
                self.keys.seal(&new, &made_up(format_of(&self.model, field), random), random)?
            } else {
                match self.keys.reseal(&old, &new, value, random) {
                    Ok(again) => again,
                    // It opened for nobody before either; that must not keep what is due.
                    Err(
                        KeyringError::NotOpened(_)
                        | KeyringError::NoClassKey(_)
                        | KeyringError::NoKey(_)
                        | KeyringError::Damaged(_),
                    ) => value.clone(),
                    Err(error) => return Err(error.into()),
                }
            };
            sealed.push((field.clone(), value));
        }
        Ok(Record { version, sealed, ..record.clone() })
    }
}

/// A person's records under a fresh key.
pub(crate) struct Rekeyed {
    /// Where the key lies.
    pub(crate) slot: KeySlot,
    /// What puts them there.
    pub(crate) changes: Vec<Change>,
    /// The records as they will be.
    pub(crate) records: Vec<Record>,
}

/// The form of a field's values: as the policy says, or as its name does.
pub(crate) fn format_of(model: &Model, field: &FieldName) -> FieldFormat {
    model.words.get(field.as_str()).map_or_else(
        || match field.as_str() {
            "email" => FieldFormat::Email,
            "iban" => FieldFormat::Iban,
            "phone" => FieldFormat::Phone,
            "address" => FieldFormat::Address,
            "name" | "account_holder" | "company" => FieldFormat::Name,
            _ => FieldFormat::Text,
        },
        |word| word.format,
    )
}

/// A random value of this form that belongs to nobody: what has a number that is given out comes from a range that is
/// not. Its length says nothing about any other value.
pub(crate) fn made_up(format: FieldFormat, random: &dyn Random) -> String {
    let dice = Dice(random);
    match format {
        FieldFormat::Text => (0..3).map(|_| dice.word(4)).collect::<Vec<_>>().join(" "),
        FieldFormat::Name => format!("{} {}", capital(&dice.word(3)), capital(&dice.word(4))),
        // RFC 2606: nothing is ever delivered there.
        FieldFormat::Email => format!("{}@anonymous.invalid", dice.digits(16, 16)),
        // The numbers of the Federal Network Agency for films and plays.
        FieldFormat::Phone => format!("+49 30 23125{}", dice.digits(3, 10)),
        FieldFormat::Iban => iban(&dice),
        FieldFormat::Date => {
            format!("{:04}-{:02}-{:02}", 1930 + dice.below(70), 1 + dice.below(12), 1 + dice.below(28))
        }
        FieldFormat::Number => format!("{}", 100_000 + dice.below(900_000)),
        // No German postal code begins with 00.
        FieldFormat::Address => format!(
            "{}weg {}, 00{} {}",
            capital(&dice.word(3)),
            1 + dice.below(99),
            dice.digits(3, 10),
            capital(&dice.word(4))
        ),
        // RFC 3849: for documentation.
        FieldFormat::Ip => {
            format!("2001:db8:{}:{}::{}", dice.digits(4, 16), dice.digits(4, 16), dice.digits(4, 16))
        }
    }
}

/// An account number with a valid check (ISO 13616) at a bank that does not exist: no German bank code begins with 0.
fn iban(dice: &Dice<'_>) -> String {
    let account = format!("0{}", dice.digits(17, 10));
    // `DE00` moved to the end, letters as numbers: D = 13, E = 14.
    let remainder = format!("{account}131400")
        .bytes()
        .fold(0_u32, |rest, digit| (rest * 10 + u32::from(digit.wrapping_sub(b'0'))) % 97);
    format!("DE{:02}{account}", 98 - remainder)
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Chance from the host.
struct Dice<'a>(&'a dyn Random);

impl Dice<'_> {
    /// A number below `bound`. Over 2^64 the bias is of no account.
    fn below(&self, bound: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes).checked_rem(bound).unwrap_or(0)
    }

    fn digits(&self, count: usize, radix: u32) -> String {
        let digit =
            |_| u32::try_from(self.below(u64::from(radix))).ok().and_then(|digit| char::from_digit(digit, radix));
        (0..count).filter_map(digit).collect()
    }

    /// Syllables that can be said.
    fn word(&self, syllables: usize) -> String {
        const FIRST: [char; 12] = ['b', 'd', 'f', 'g', 'k', 'l', 'm', 'n', 'r', 's', 't', 'w'];
        const SECOND: [char; 5] = ['a', 'e', 'i', 'o', 'u'];
        let pick = |from: &[char]| {
            let place = usize::try_from(self.below(from.len() as u64)).unwrap_or(0);
            from.get(place).copied()
        };
        (0..syllables).flat_map(|_| [pick(&FIRST), pick(&SECOND)]).flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use obhut_keyring::SeededRandom;

    use super::*;

    #[test]
    fn made_up_values_have_their_form_and_differ() {
        let random = SeededRandom::new(1);
        for (_, format) in FieldFormat::WORDS {
            let values: BTreeSet<_> = (0..50).map(|_| made_up(*format, &random)).collect();
            assert!(values.len() > 40, "{format:?} repeats itself");
            for value in &values {
                let right = match format {
                    FieldFormat::Text | FieldFormat::Name => value.chars().all(|c| c.is_alphabetic() || c == ' '),
                    FieldFormat::Email => value.ends_with("@anonymous.invalid") && value.len() == 34,
                    FieldFormat::Phone => value.starts_with("+49 30 23125") && value.len() == 15,
                    FieldFormat::Iban => is_valid(value),
                    FieldFormat::Date => value.parse::<jiff::civil::Date>().is_ok(),
                    FieldFormat::Number => value.parse::<u64>().is_ok() && value.len() == 6,
                    FieldFormat::Address => value.contains(", 00"),
                    FieldFormat::Ip => value.parse::<std::net::Ipv6Addr>().is_ok(),
                };
                assert!(right, "{format:?}: {value}");
            }
        }
    }

    /// ISO 13616: the country and the check moved to the end, letters as numbers, the rest by 97 is 1.
    fn is_valid(iban: &str) -> bool {
        let (head, tail) = iban.split_at(4);
        let digits: String = format!("{tail}{head}")
            .chars()
            .map(|char| char.to_digit(36).map_or_else(String::new, |number| number.to_string()))
            .collect();
        iban.len() == 22
            && iban.starts_with("DE")
            && digits.bytes().fold(0, |rest, d| (rest * 10 + u32::from(d - b'0')) % 97) == 1
    }

    #[test]
    fn a_real_account_number_passes_the_same_check() {
        assert!(is_valid("DE02120300000000202051"));
        assert!(!is_valid("DE03120300000000202051"));
    }
}
