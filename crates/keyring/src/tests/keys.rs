//! What the keyring promises, one promise per test.

use std::{collections::HashSet, sync::Arc, thread};

use obhut_core::{
    change::KeySlot,
    id::{ClassName, FieldName, TenantId},
};

use super::{CLASSES, Disk, on, open, permit, sealed_record, seeded, subject, tenant, texts};
use crate::{Facets, Keyring, KeyringError, Place, SeededRandom, SystemRandom, slot};

#[test]
fn a_permit_opens_its_fields_in_the_order_of_the_class() {
    let random = seeded();
    let keyring = Keyring::ephemeral(&random).unwrap();
    let key = keyring.add_subject(tenant(1), subject(1), &random).unwrap();
    let mut record =
        sealed_record(&keyring, tenant(1), (subject(1), key), 0, ["ada@example.org", ""], &random).unwrap();
    record.sealed.reverse();
    let opened = keyring.open_record(&permit(tenant(1), subject(1), "contact", "care"), key, false, &record).unwrap();
    assert_eq!(texts(&opened), ["ada@example.org", ""]);
    let opened = keyring.open_record(&permit(tenant(1), subject(1), "contact", "look"), key, false, &record).unwrap();
    assert_eq!(opened.iter().map(|(field, _)| field.as_str()).collect::<Vec<_>>(), ["email"]);
    record.sealed.remove(1);
    let opened = keyring.open_record(&permit(tenant(1), subject(1), "contact", "care"), key, false, &record).unwrap();
    assert_eq!(texts(&opened), [""]);
}

#[test]
fn a_permit_opens_nothing_of_another_person_class_or_tenant() {
    let random = seeded();
    let keyring = Keyring::ephemeral(&random).unwrap();
    let [a, b] = [1, 2].map(|number| keyring.add_subject(tenant(1), subject(number), &random).unwrap());
    let elsewhere = keyring.add_subject(tenant(2), subject(1), &random).unwrap();
    let record = sealed_record(&keyring, tenant(1), (subject(1), a), 0, ["a", "b"], &random).unwrap();
    let refusal = |tenant_number, person, class, key, record| {
        let permit = permit(tenant(tenant_number), subject(person), class, "care");
        keyring.open_record(&permit, key, false, record).err().unwrap()
    };

    assert!(matches!(refusal(1, 2, "contact", a, &record), KeyringError::NotPermitted));
    assert!(matches!(refusal(1, 2, "contact", b, &record), KeyringError::NotPermitted));
    assert!(matches!(refusal(1, 1, "invoice", a, &record), KeyringError::NotPermitted));
    assert!(matches!(refusal(1, 1, "contact", b, &record), KeyringError::OtherOwner(_)));
    assert!(matches!(refusal(2, 1, "contact", a, &record), KeyringError::OtherOwner(_)));
    // The other tenant has neither sealed in this class nor, once it has, the same key.
    assert!(matches!(refusal(2, 1, "contact", elsewhere, &record), KeyringError::NoClassKey(_)));
    sealed_record(&keyring, tenant(2), (subject(1), elsewhere), 0, ["a", "b"], &random).unwrap();
    assert!(matches!(refusal(2, 1, "contact", elsewhere, &record), KeyringError::NotOpened(_)));

    // A record that only says it is another's: the seal knows better.
    let mut relabelled = record.clone();
    relabelled.subject = subject(2);
    assert!(matches!(refusal(1, 2, "contact", b, &relabelled), KeyringError::NotOpened(_)));
}

#[test]
fn a_value_opens_in_its_own_place_only() {
    let random = seeded();
    let keyring = Keyring::ephemeral(&random).unwrap();
    let key = keyring.add_subject(tenant(1), subject(1), &random).unwrap();
    let record = sealed_record(&keyring, tenant(1), (subject(1), key), 0, ["a", "b"], &random).unwrap();
    let refused = |record: &obhut_core::change::Record, statutory| {
        let permit = permit(tenant(1), subject(1), "contact", "care");
        matches!(keyring.open_record(&permit, key, statutory, record).err(), Some(KeyringError::NotOpened(_)))
    };
    assert!(refused(&record, true));
    let mut moved = record.clone();
    moved.version += 1;
    assert!(refused(&moved, false));
    let mut moved = record.clone();
    moved.id = obhut_core::id::RecordId::from_bytes([0; 16]);
    assert!(refused(&moved, false));
    let mut moved = record.clone();
    let (left, right) = moved.sealed.split_at_mut(1);
    std::mem::swap(&mut left[0].1, &mut right[0].1);
    assert!(refused(&moved, false));
    let mut other_format = record.clone();
    other_format.sealed[0].1[0] = 2;
    assert!(refused(&other_format, false));
    let mut empty = record;
    empty.sealed[0].1.clear();
    assert!(refused(&empty, false));
}

#[test]
fn the_general_key_goes_without_the_statutory_one() {
    let random = seeded();
    let keyring = Keyring::ephemeral(&random).unwrap();
    let key = keyring.add_subject(tenant(1), subject(1), &random).unwrap();
    let records =
        [0, 1].map(|class| sealed_record(&keyring, tenant(1), (subject(1), key), class, ["a", "b"], &random).unwrap());
    for _twice in 0..2 {
        keyring.destroy(&[(tenant(1), key)], Facets::General).unwrap();
        assert!(matches!(open(&keyring, tenant(1), key, 0, &records[0]), Err(KeyringError::NoKey(_))));
        assert_eq!(open(&keyring, tenant(1), key, 1, &records[1]).unwrap(), ["a", "b"]);
        assert!(keyring.subject_exists(tenant(1), subject(1), key));
        let again = sealed_record(&keyring, tenant(1), (subject(1), key), 0, ["a", "b"], &random);
        assert!(matches!(again, Err(KeyringError::NoKey(_))));
    }
    for _twice in 0..2 {
        keyring.destroy(&[(tenant(1), key)], Facets::All).unwrap();
        assert!(matches!(open(&keyring, tenant(1), key, 1, &records[1]), Err(KeyringError::NoKey(_))));
        assert!(!keyring.subject_exists(tenant(1), subject(1), key));
    }
}

#[test]
fn a_class_goes_for_everybody_in_the_tenant_and_for_nobody_else() {
    let random = seeded();
    let keyring = Keyring::ephemeral(&random).unwrap();
    let class = ClassName::from("contact");
    let people: Vec<_> = [(1, 1), (1, 2), (2, 1)]
        .into_iter()
        .map(|(t, s)| {
            let key = keyring.add_subject(tenant(t), subject(s), &random).unwrap();
            let records = [0, 1].map(|class| {
                sealed_record(&keyring, tenant(t), (subject(s), key), class, ["a", "b"], &random).unwrap()
            });
            (tenant(t), key, records)
        })
        .collect();
    let slot = keyring.class_slot(tenant(1), &class).unwrap();
    assert_ne!(keyring.class_slot(tenant(2), &class), Some(slot));
    keyring.destroy(&[(tenant(1), slot)], Facets::General).unwrap();
    assert_eq!(keyring.class_slot(tenant(1), &class), None);
    for (owner, key, records) in &people {
        assert_eq!(open(&keyring, *owner, *key, 0, &records[0]).is_ok(), *owner == tenant(2));
        assert!(open(&keyring, *owner, *key, 1, &records[1]).is_ok());
    }
    // The class may be used again; what was in it before stays closed.
    let (owner, key, records) = &people[0];
    let record = sealed_record(&keyring, *owner, (subject(1), *key), 0, ["c", "d"], &random).unwrap();
    assert_eq!(open(&keyring, *owner, *key, 0, &record).unwrap(), ["c", "d"]);
    assert!(matches!(open(&keyring, *owner, *key, 0, &records[0]), Err(KeyringError::NotOpened(_))));
    // The old order, carried out again, does not hit the new key.
    keyring.destroy(&[(tenant(1), slot)], Facets::All).unwrap();
    assert_eq!(open(&keyring, *owner, *key, 0, &record).unwrap(), ["c", "d"]);
}

#[test]
fn nothing_of_a_destroyed_key_remains() {
    let random = seeded();
    let disk = Arc::new(Disk::default());
    let keyring = on(&disk);
    let keys: Vec<_> =
        (1..=5).map(|n| (tenant(1), keyring.add_subject(tenant(1), subject(n), &random).unwrap())).collect();
    let windows = |bytes: &[u8]| bytes.windows(16).map(<[u8]>::to_vec).collect::<HashSet<_>>();
    let before = disk.bytes();
    let slot = |number: usize| slot::SIZE * (number + 1)..slot::SIZE * (number + 2);
    let old_general = windows(&before[slot(1)][34..138]);
    let old_whole = windows(&before[slot(3)][34..242]);

    keyring.destroy(&keys[1..2], Facets::General).unwrap();
    keyring.destroy(&keys[3..4], Facets::All).unwrap();
    let after = disk.bytes();
    assert_eq!(after.len(), before.len());
    assert!(windows(&after).is_disjoint(&old_general));
    assert!(windows(&after).is_disjoint(&old_whole));
    for number in [0, 2, 4] {
        assert_eq!(after[slot(number)], before[slot(number)]);
    }
    assert_eq!(after[slot(1)][138..], before[slot(1)][138..]);
    assert_eq!(after[slot(3)].iter().filter(|byte| **byte != 0).count(), 1);
}

#[test]
fn only_the_keys_of_the_tenant_are_destroyed() {
    let random = seeded();
    let keyring = Keyring::ephemeral(&random).unwrap();
    let [first, second, third] =
        [(1, 1), (2, 2), (1, 3)].map(|(t, s)| keyring.add_subject(tenant(t), subject(s), &random).unwrap());
    let slots = [first, second, third].map(|slot| (tenant(1), slot));
    assert!(matches!(keyring.destroy(&slots, Facets::All), Err(KeyringError::OtherOwner(slot)) if slot == second));
    assert!(!keyring.subject_exists(tenant(1), subject(1), first));
    assert!(keyring.subject_exists(tenant(2), subject(2), second));
    assert!(!keyring.subject_exists(tenant(1), subject(3), third));
    // The tenant whose id is all zeros is not everybody's.
    let operators = keyring.add_subject(TenantId::OPERATOR, subject(4), &random).unwrap();
    assert!(matches!(keyring.destroy(&[(tenant(1), operators)], Facets::All), Err(KeyringError::OtherOwner(_))));
    assert!(keyring.subject_exists(TenantId::OPERATOR, subject(4), operators));
    keyring.destroy(&[(tenant(1), KeySlot(77)), (tenant(1), KeySlot(u32::MAX))], Facets::All).unwrap();
    keyring.destroy(&[], Facets::All).unwrap();
}

#[test]
fn a_number_is_never_given_out_twice_and_an_old_order_hits_nobody() {
    let random = seeded();
    let disk = Arc::new(Disk::default());
    let mut keyring = on(&disk);
    let mut numbers = HashSet::new();
    for round in 0..40 {
        let key = keyring.add_subject(tenant(1), subject(1), &random).unwrap();
        assert!(numbers.insert(key), "{round}");
        let old: Vec<_> = numbers.iter().filter(|old| **old != key).map(|old| (tenant(1), *old)).collect();
        keyring.destroy(&old, Facets::General).unwrap();
        keyring.destroy(&old, Facets::All).unwrap();
        if round % 3 == 0 {
            keyring = on(&disk);
        }
        assert!(keyring.subject_exists(tenant(1), subject(1), key), "{round}");
        keyring.destroy(&[(tenant(1), key)], Facets::All).unwrap();
    }
    // Forty people, three slots of sixteen uses.
    assert_eq!(disk.bytes().len(), slot::SIZE * 4);
}

#[test]
fn a_flipped_bit_in_the_slots_never_opens_as_something_else() {
    let random = seeded();
    let disk = Arc::new(Disk::default());
    let keyring = on(&disk);
    let keys = [1, 2].map(|number| keyring.add_subject(tenant(1), subject(number), &random).unwrap());
    let records: Vec<_> = (0..4_u8)
        .map(|n| {
            let (person, class) = (usize::from(n / 2), usize::from(n % 2));
            let who = (subject(n / 2 + 1), keys[person]);
            let values = [format!("first {n}"), format!("second {n}")];
            let texts = [values[0].as_str(), values[1].as_str()];
            let record = sealed_record(&keyring, tenant(1), who, class, texts, &random).unwrap();
            (keys[person], class, record, values)
        })
        .collect();
    drop(keyring);
    let intact = disk.bytes();
    let mut affected = 0;
    for bit in slot::SIZE * 8..intact.len() * 8 {
        let mut bytes = intact.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        disk.set_bytes(&bytes);
        let keyring = on(&disk);
        let failed = records
            .iter()
            .filter(|(key, class, record, values)| match open(&keyring, tenant(1), *key, *class, record) {
                Ok(opened) => {
                    assert_eq!(&opened, values, "bit {bit}");
                    false
                }
                Err(_) => true,
            })
            .count();
        // The header and each key of a slot matter to some records, and one slot to no more than two of the four.
        assert!(failed <= 2, "bit {bit}");
        let (number, at) = (bit / 8 / slot::SIZE - 1, bit / 8 % slot::SIZE);
        let used = if number < 2 { 242 } else { 138 };
        assert_eq!(failed > 0, at < used, "bit {bit}");
        affected += failed;
        // A damaged slot does not stand in anybody's way.
        keyring.add_subject(tenant(1), subject(3), &random).unwrap();
    }
    assert!(affected > 0);
}

#[test]
fn a_flipped_bit_in_a_slot_does_not_save_its_key() {
    let random = seeded();
    let disk = Arc::new(Disk::default());
    let key = on(&disk).add_subject(tenant(1), subject(1), &random).unwrap();
    let intact = disk.bytes();
    for bit in slot::SIZE * 8..intact.len() * 8 {
        let mut bytes = intact.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        disk.set_bytes(&bytes);
        let destroyed = on(&disk).destroy(&[(tenant(1), key)], Facets::All);
        let remains = disk.bytes()[slot::SIZE + 2..].iter().any(|byte| *byte != 0);
        // A damaged tenant cannot be told from another one: then the order is refused, and that is seen.
        let tenant_damaged = (2..18).contains(&(bit / 8 - slot::SIZE));
        assert_eq!((destroyed.is_err(), remains), (tenant_damaged, tenant_damaged), "bit {bit}");
    }
}

#[test]
fn blind_indexes_tell_tenants_and_fields_apart() {
    let random = seeded();
    let keyring = Keyring::ephemeral(&random).unwrap();
    let index =
        |t, field: &str, value| keyring.blind_index(tenant(t), &FieldName::from(field), value, &random).unwrap();
    assert_eq!(keyring.tenant_slot(tenant(1)), None);
    let ada = index(1, "email", "ada@example.org");
    assert_eq!(index(1, "email", " Ada@Example.org"), ada);
    assert_ne!(index(1, "email", "bea@example.org"), ada);
    assert_ne!(index(1, "login", "ada@example.org"), ada);
    assert_ne!(index(2, "email", "ada@example.org"), ada);
    let slot = keyring.tenant_slot(tenant(1)).unwrap();
    keyring.destroy(&[(tenant(1), slot)], Facets::All).unwrap();
    assert_eq!(keyring.tenant_slot(tenant(1)), None);
    assert_ne!(index(1, "email", "ada@example.org"), ada);
}

#[test]
fn many_threads_make_each_class_key_once() {
    let keyring = Keyring::ephemeral(&SystemRandom).unwrap();
    thread::scope(|scope| {
        for thread in 0..8_u8 {
            let keyring = &keyring;
            scope.spawn(move || {
                for number in 0..20 {
                    let person = subject(thread * 20 + number);
                    let key = keyring.add_subject(tenant(1), person, &SystemRandom).unwrap();
                    for class in 0..CLASSES.len() {
                        let record =
                            sealed_record(keyring, tenant(1), (person, key), class, ["a", "b"], &SystemRandom).unwrap();
                        assert_eq!(open(keyring, tenant(1), key, class, &record).unwrap(), ["a", "b"]);
                    }
                    if number % 2 == 0 {
                        keyring.destroy(&[(tenant(1), key)], Facets::All).unwrap();
                        assert!(!keyring.subject_exists(tenant(1), person, key));
                    }
                }
            });
        }
    });
}

#[test]
fn seeded_randomness_repeats_itself() {
    let make = |seed| {
        let random = SeededRandom::new(seed);
        let disk = Arc::new(Disk::default());
        let keyring = on(&disk);
        let key = keyring.add_subject(tenant(1), subject(1), &random).unwrap();
        let record = sealed_record(&keyring, tenant(1), (subject(1), key), 0, ["a", "b"], &random).unwrap();
        (disk.bytes(), record)
    };
    assert!(make(1) == make(1));
    assert!(make(1) != make(2));
}

#[test]
fn what_is_printed_holds_no_key() {
    let keyring = Keyring::ephemeral(&seeded()).unwrap();
    assert_eq!(format!("{keyring:?}"), "Keyring { .. }");
}

#[test]
fn what_is_sealed_again_opens_under_the_new_key_only() {
    let random = seeded();
    let keyring = Keyring::ephemeral(&random).unwrap();
    let [old, new] = [0, 1].map(|_| keyring.add_subject(tenant(1), subject(1), &random).unwrap());
    let before =
        sealed_record(&keyring, tenant(1), (subject(1), old), 0, ["ada@example.org", "note"], &random).unwrap();
    let place = |field, subject_key, version| Place {
        tenant: tenant(1),
        subject: subject(1),
        subject_key,
        statutory: false,
        class: &before.class,
        record: before.id,
        version,
        field,
    };
    let mut after = before.clone();
    after.version = 2;
    for ((field, _), (_, value)) in before.sealed.iter().zip(&mut after.sealed) {
        *value = keyring.reseal(&place(field, old, 1), &place(field, new, 2), value, &random).unwrap();
    }
    assert_eq!(open(&keyring, tenant(1), new, 0, &after).unwrap(), ["ada@example.org", "note"]);
    keyring.destroy(&[(tenant(1), old)], Facets::All).unwrap();
    assert_eq!(open(&keyring, tenant(1), new, 0, &after).unwrap(), ["ada@example.org", "note"]);
    open(&keyring, tenant(1), new, 0, &before).unwrap_err();
    open(&keyring, tenant(1), old, 0, &before).unwrap_err();

    // What does not open is not sealed again, and nothing moves to another person, class or field.
    let [(email, _), (note, _)] = &before.sealed[..] else { panic!("two fields") };
    let value = &after.sealed[0].1;
    let again = keyring.reseal(&place(email, new, 1), &place(email, new, 3), value, &random);
    assert!(matches!(again, Err(KeyringError::NotOpened(_))), "the version is bound");
    let other = keyring.reseal(&place(email, new, 2), &place(note, new, 3), value, &random);
    assert!(matches!(other, Err(KeyringError::NotPermitted)));
    let theirs = Place { subject: subject(2), ..place(email, new, 3) };
    let other = keyring.reseal(&place(email, new, 2), &theirs, value, &random);
    assert!(matches!(other, Err(KeyringError::NotPermitted)));
}
