//! Random lives of a keyring, compared with a plain list of what must open.

use std::{collections::HashSet, path::Path, sync::Arc};

use obhut_core::{
    change::{KeySlot, Record},
    id::{ClassName, SubjectId, TenantId},
};
use proptest::prelude::*;

use super::{CLASSES, Disk, on, open, permit, sealed_record, tenant};
use crate::{Facets, Keyring, KeyringError, Random, SeededRandom, random, slot};

#[derive(Debug, Clone)]
enum Step {
    Add { tenant: u8 },
    Seal { who: prop::sample::Index, class: usize, values: [String; 2] },
    Destroy { who: prop::sample::Index, facets: bool },
    DestroyClass { tenant: u8, class: usize },
    DestroyAgain,
    OpenAsAnother { record: prop::sample::Index, who: prop::sample::Index },
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let who = any::<prop::sample::Index>;
    let value = || prop_oneof![4 => "\\PC{0,20}", 1 => "x{16384}"];
    prop_oneof![
        3 => (1..3_u8).prop_map(|tenant| Step::Add { tenant }),
        6 => (who(), 0..CLASSES.len(), [value(), value()])
            .prop_map(|(who, class, values)| Step::Seal { who, class, values }),
        2 => (who(), any::<bool>()).prop_map(|(who, facets)| Step::Destroy { who, facets }),
        1 => (1..3_u8, 0..CLASSES.len()).prop_map(|(tenant, class)| Step::DestroyClass { tenant, class }),
        1 => Just(Step::DestroyAgain),
        2 => (who(), who()).prop_map(|(record, who)| Step::OpenAsAnother { record, who }),
        1 => Just(Step::Reopen),
    ]
}

struct Person {
    tenant: TenantId,
    id: SubjectId,
    key: KeySlot,
    /// Whether the general and the statutory key live.
    alive: [bool; 2],
}

struct Kept {
    who: usize,
    class: usize,
    /// How often the class had been destroyed when the record was sealed.
    age: usize,
    record: Record,
    values: [String; 2],
}

/// What the keyring lies on, so that it can be left and opened again.
trait Ground {
    fn keyring(&self, random: &dyn Random) -> Keyring;
    fn bytes(&self) -> Vec<u8>;
}

impl Ground for Arc<Disk> {
    fn keyring(&self, _random: &dyn Random) -> Keyring {
        on(self)
    }

    fn bytes(&self) -> Vec<u8> {
        Disk::bytes(self)
    }
}

impl Ground for Path {
    fn keyring(&self, random: &dyn Random) -> Keyring {
        Keyring::open(self, random).unwrap()
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.join("keys/slots")).unwrap()
    }
}

fn live<G: Ground + ?Sized>(ground: &G, seed: u64, steps: Vec<Step>) {
    let random = SeededRandom::new(seed);
    let mut keyring = Some(ground.keyring(&random));
    let mut people: Vec<Person> = Vec::new();
    let mut kept: Vec<Kept> = Vec::new();
    let mut ages = [[0; 2]; 2];
    let mut orders: Vec<((TenantId, KeySlot), Facets)> = Vec::new();
    let mut forbidden: HashSet<[u8; 16]> = HashSet::new();
    let age_of = |tenant: TenantId| usize::from(tenant.bytes()[0] & 3) - 1;

    for step in steps {
        let open_keyring = keyring.as_ref().unwrap();
        // The sealed keys that an order is about to destroy must not be found afterwards.
        let mut forbid = |slot: KeySlot, range: std::ops::Range<usize>| {
            let start = (usize::try_from(slot.0 & (slot::MAX_SLOTS - 1)).unwrap() + 1) * slot::SIZE;
            let bytes = ground.bytes();
            let windows = bytes[start + range.start..start + range.end].windows(16);
            forbidden
                .extend(windows.filter(|w| w.iter().any(|byte| *byte != 0)).map(|w| <[u8; 16]>::try_from(w).unwrap()));
        };
        match step {
            Step::Add { tenant: number } => {
                let (tenant, id) = (tenant(number), SubjectId::from_bytes(random::bytes(&random)));
                let key = open_keyring.add_subject(tenant, id, &random).unwrap();
                assert!(people.iter().all(|person| person.key != key));
                people.push(Person { tenant, id, key, alive: [true; 2] });
            }
            Step::Seal { who, class, values } if !people.is_empty() => {
                let who = who.index(people.len());
                let person = &people[who];
                let texts = [values[0].as_str(), values[1].as_str()];
                let sealed = sealed_record(open_keyring, person.tenant, (person.id, person.key), class, texts, &random);
                match sealed {
                    Ok(record) => {
                        assert!(person.alive[class]);
                        let age = ages[age_of(person.tenant)][class];
                        kept.push(Kept { who, class, age, record, values });
                    }
                    Err(error) => assert!(matches!(error, KeyringError::NoKey(_)) && !person.alive[class]),
                }
            }
            Step::Destroy { who, facets } if !people.is_empty() => {
                let length = people.len();
                let person = &mut people[who.index(length)];
                let facets = if facets { Facets::All } else { Facets::General };
                if person.alive[0] {
                    forbid(person.key, 34..138);
                }
                if person.alive[1] && facets == Facets::All {
                    forbid(person.key, 138..242);
                }
                person.alive = [false, person.alive[1] && facets == Facets::General];
                open_keyring.destroy(&[(person.tenant, person.key)], facets).unwrap();
                orders.push(((person.tenant, person.key), facets));
            }
            Step::DestroyClass { tenant: number, class } => {
                let tenant = tenant(number);
                if let Some(slot) = open_keyring.class_slot(tenant, &ClassName::from(CLASSES[class].0)) {
                    forbid(slot, 34..138);
                    open_keyring.destroy(&[(tenant, slot)], Facets::All).unwrap();
                    orders.push(((tenant, slot), Facets::All));
                    ages[age_of(tenant)][class] += 1;
                }
            }
            Step::DestroyAgain => {
                for (slot, facets) in &orders {
                    open_keyring.destroy(&[*slot], *facets).unwrap();
                }
            }
            Step::OpenAsAnother { record, who } if !kept.is_empty() => {
                let kept = &kept[record.index(kept.len())];
                let other = &people[who.index(people.len())];
                if other.id != people[kept.who].id {
                    let (class, _, statutory) = CLASSES[kept.class];
                    let permit = permit(other.tenant, other.id, class, "care");
                    for key in [other.key, people[kept.who].key] {
                        assert!(open_keyring.open_record(&permit, key, statutory, &kept.record).is_err());
                    }
                    let mut relabelled = kept.record.clone();
                    relabelled.subject = other.id;
                    for key in [other.key, people[kept.who].key] {
                        assert!(open_keyring.open_record(&permit, key, statutory, &relabelled).is_err());
                    }
                }
            }
            Step::Reopen => {
                drop(keyring.take());
                keyring = Some(ground.keyring(&random));
            }
            Step::Seal { .. } | Step::Destroy { .. } | Step::OpenAsAnother { .. } => {}
        }
        let keyring = keyring.as_ref().unwrap();
        for kept in &kept {
            let person = &people[kept.who];
            let expected = person.alive[kept.class] && kept.age == ages[age_of(person.tenant)][kept.class];
            match open(keyring, person.tenant, person.key, kept.class, &kept.record) {
                Ok(values) => assert!(expected && values == kept.values),
                Err(_) => assert!(!expected),
            }
        }
        for person in &people {
            assert_eq!(keyring.subject_exists(person.tenant, person.id, person.key), person.alive != [false; 2]);
        }
    }
    for window in ground.bytes().windows(16) {
        assert!(!forbidden.contains(window), "a part of a destroyed key is still there");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn in_memory(seed: u64, steps in prop::collection::vec(step(), 1..50)) {
        live(&Arc::new(Disk::default()), seed, steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn in_a_folder(seed: u64, steps in prop::collection::vec(step(), 1..40)) {
        let dir = tempfile::tempdir().unwrap();
        live(dir.path(), seed, steps);
    }
}
