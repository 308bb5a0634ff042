//! Nothing in the stored files can be read (Art. 32(1)(a)).

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use jiff::Timestamp;
use obhut_core::{model::Model, promise::Outcome};

use super::{Check, Stage};
use crate::{Error, promises::Promise};

/// The shortest value that is looked for: shorter ones occur in any file by chance.
pub(super) const SHORTEST: usize = 6;

/// How many bytes of a pattern are looked up at once.
const HEAD: usize = 4;

/// The stored files contain no value that anybody submitted, in whatever spelling.
#[derive(Default)]
pub(super) struct SealedAtRest(Mutex<Looked>);

/// When the files were last looked through: a copy and a scan of everything are done from time to time, and once for
/// all promises of one instant.
#[derive(Default)]
struct Looked {
    instants: BTreeSet<Timestamp>,
    last: Option<(Timestamp, Outcome)>,
}

#[async_trait]
impl Check for SealedAtRest {
    fn name(&self) -> &'static str {
        "sealed-at-rest"
    }

    async fn run(&self, stage: &Stage<'_>, _: &Promise) -> Result<Outcome, Error> {
        let now = stage.now();
        {
            let mut looked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, outcome)) = looked.last.as_ref().filter(|(at, _)| *at == now) {
                return Ok(outcome.clone());
            }
            // After the 1st, 2nd, 4th, 8th … thing that happened.
            if !looked.instants.insert(now) || !looked.instants.len().is_power_of_two() {
                return Ok(Outcome::NotRun("not looked through at this instant".into()));
            }
        }
        let (values, left_out) = values(stage).await?;
        if values.is_empty() {
            return Ok(Outcome::NotRun("nothing is stored".into()));
        }
        let bytes = super::copy_of(stage).await?;
        let patterns: Vec<Vec<u8>> = values.iter().flat_map(|value| spellings(value)).collect();
        let found = occurs(&bytes, &patterns);
        let outcome = match found {
            0 => Outcome::Held(format!(
                "{} values in {} spellings, {} KiB of stored files: none occurs ({left_out} values left out: shorter than \
                 {SHORTEST} bytes, a word of the policy, or a tenant's public name)",
                values.len(),
                patterns.len(),
                bytes.len() / 1024,
            )),
            found => Outcome::Failed(format!("{found} of {} values stand readable in the stored files", values.len())),
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).last = Some((now, outcome.clone()));
        Ok(outcome)
    }
}

/// All values that were submitted and could be recognised; and how many could not.
async fn values(stage: &Stage<'_>) -> Result<(BTreeSet<String>, usize), Error> {
    let Some(played) = stage.played else { return Ok((BTreeSet::new(), 0)) };
    let vocabulary = vocabulary(stage.published);
    let mut public = BTreeSet::new();
    for tenant in &played.tenants {
        public.extend(stage.engine.store().tenant(tenant.id).await?.map(|tenant| tenant.name));
    }
    let submitted = played.people.iter().flat_map(|actor| &actor.records).flat_map(|record| record.values.values());
    let all: BTreeSet<String> = submitted.cloned().collect();
    let recognisable = |value: &String| {
        let lower = value.to_lowercase();
        value.len() >= SHORTEST
            && !public.iter().any(|name: &String| name.to_lowercase().contains(&lower))
            && !vocabulary.iter().any(|word| word.contains(&lower))
    };
    let (kept, left_out): (BTreeSet<String>, BTreeSet<String>) = all.into_iter().partition(recognisable);
    Ok((kept, left_out.len()))
}

/// The names of the policy, which are stored as they are.
pub(super) fn vocabulary(model: &Model) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = BTreeSet::new();
    let mut add = |name: &str| {
        words.insert(name.to_lowercase());
    };
    model.data.keys().for_each(|name| add(name.as_str()));
    model.data.values().flat_map(|class| &class.fields).for_each(|name| add(name.as_str()));
    model.audiences.keys().for_each(|name| add(name.as_str()));
    model.purposes.keys().for_each(|name| add(name.as_str()));
    model.consents.iter().for_each(|(name, consent)| {
        add(name.as_str());
        add(&consent.asked_on);
    });
    model.events.keys().for_each(|name| add(name.as_str()));
    model.retentions.keys().for_each(|name| add(name.as_str()));
    model
        .retentions
        .values()
        .flat_map(|rule| &rule.when)
        .flat_map(|when| when.facts())
        .for_each(|name| add(name.as_str()));
    model.holds.keys().for_each(|name| add(name.as_str()));
    model.recipients.keys().for_each(|name| add(name.as_str()));
    model.roles.keys().for_each(|name| add(name.as_str()));
    model.messages.keys().for_each(|name| add(name.as_str()));
    words
}

/// A value as it is, in lower and upper case, in UTF-16 of both byte orders, in hexadecimal, and in base64 at each of
/// the three places at which it can begin in a longer text.
pub(super) fn spellings(value: &str) -> Vec<Vec<u8>> {
    let plain = value.as_bytes();
    let utf16: Vec<u16> = value.encode_utf16().collect();
    let mut spellings = vec![
        plain.to_vec(),
        value.to_lowercase().into_bytes(),
        value.to_uppercase().into_bytes(),
        utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        plain.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}")).into_bytes(),
    ];
    spellings.extend((0..3).map(|shift| base64_inside(plain, shift)));
    spellings.retain(|spelling| spelling.len() >= SHORTEST);
    spellings.sort();
    spellings.dedup();
    spellings
}

/// The letters of base64 that depend on the value alone where it begins `shift` bytes into a longer text.
fn base64_inside(value: &[u8], shift: usize) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let skipped = (3 - shift) % 3;
    let whole = value.get(skipped..).unwrap_or_default();
    let chunks = whole.chunks_exact(3).map(|chunk| chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)));
    chunks
        .flat_map(|bits| [18, 12, 6, 0].map(|place| usize::try_from(bits >> place & 63).unwrap_or(0)))
        .filter_map(|digit| DIGITS.get(digit).copied())
        .collect()
}

/// How many of the patterns occur in the bytes.
///
/// One pass: the last four bytes read are the beginning of a pattern only where a table of their first two says so, and
/// only then are they looked up.
pub(super) fn occurs(bytes: &[u8], patterns: &[Vec<u8>]) -> usize {
    let head_of = |pattern: &[u8]| pattern.get(..HEAD)?.try_into().ok().map(u32::from_be_bytes);
    let mut heads: Vec<(u32, usize)> =
        patterns.iter().enumerate().filter_map(|(place, pattern)| Some((head_of(pattern)?, place))).collect();
    heads.sort_unstable();
    let mut begins = vec![false; 1 << 16];
    for (head, _) in &heads {
        if let Some(begins) = usize::try_from(head >> 16).ok().and_then(|pair| begins.get_mut(pair)) {
            *begins = true;
        }
    }
    let mut found: BTreeSet<usize> = BTreeSet::new();
    let mut last = 0_u32;
    for (read, byte) in bytes.iter().enumerate() {
        last = last << 8 | u32::from(*byte);
        if !begins.get((last >> 16) as usize).copied().unwrap_or(false) || read + 1 < HEAD {
            continue;
        }
        let rest = bytes.get(read + 1 - HEAD..).unwrap_or_default();
        let from = heads.partition_point(|(head, _)| *head < last);
        let candidates = heads.iter().skip(from).take_while(|(head, _)| *head == last).map(|(_, place)| *place);
        found.extend(candidates.filter(|place| patterns.get(*place).is_some_and(|pattern| rest.starts_with(pattern))));
    }
    found.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_in_every_spelling_and_not_where_it_is_not() {
        let value = "Anna Amsel, Vogelweg 1";
        let patterns = spellings(value);
        let mut utf16 = b"..".to_vec();
        utf16.extend(value.encode_utf16().flat_map(u16::to_le_bytes));
        for bytes in [
            format!("x{value}y").into_bytes(),
            value.to_uppercase().into_bytes(),
            utf16,
            b"IEFubmEgQW1zZWwsIFZvZ2Vsd2VnIDE=".to_vec(), // of " Anna Amsel, Vogelweg 1"
            b"416e6e6120416d73656c2c20566f67656c77656720 31".iter().copied().filter(|byte| *byte != b' ').collect(),
        ] {
            assert!(occurs(&bytes, &patterns) > 0, "{bytes:?}");
        }
        assert_eq!(occurs(b"Anna Amse, Vogelweg 2", &patterns), 0);
        assert_eq!(occurs(b"", &patterns), 0);
    }

    #[test]
    fn base64_of_a_part_is_what_a_whole_text_contains() {
        // "..Musterstadt" and "Musterstadt" in base64.
        let whole = ["Li5NdXN0ZXJzdGFkdA==", "TXVzdGVyc3RhZHQ=", "Lk11c3RlcnN0YWR0"];
        let inside: Vec<_> =
            [2, 0, 1].map(|shift| String::from_utf8(base64_inside(b"Musterstadt", shift)).unwrap()).into();
        for (whole, inside) in whole.iter().zip(inside) {
            assert!(inside.len() >= 8 && whole.contains(&inside), "{whole} {inside}");
        }
    }
}
