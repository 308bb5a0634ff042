//! The process is killed or the power fails after any number of bytes: what was acknowledged
//! holds, and the rest is all or nothing.

use std::sync::Arc;

use obhut_core::{change::KeySlot, id::ClassName};

use super::{Disk, on, open, sealed_record, subject, tenant};
use crate::{Facets, KeyringError, SeededRandom, slot};

/// How far the scenario came before the power failed.
#[derive(Default)]
struct Acknowledged {
    sealed: Option<obhut_core::change::Record>,
    second: Option<KeySlot>,
    general_gone: bool,
    all_gone: bool,
    class_gone: bool,
    third: Option<KeySlot>,
}

/// What happened when the budget was used up.
#[derive(Clone, Copy)]
enum Failure {
    /// The process was killed: the disk has what was written, to the byte.
    Kill,
    /// The power failed: the disk has any part of what was not synced.
    Power,
}

#[test]
fn the_power_may_fail_at_any_byte() {
    break_at_any_byte(Failure::Power);
}

#[test]
fn the_process_may_be_killed_at_any_byte() {
    break_at_any_byte(Failure::Kill);
}

fn break_at_any_byte(failure: Failure) {
    let class = ClassName::from("invoice");
    let mut finished = false;
    for budget in 0.. {
        let random = SeededRandom::new(budget);
        let disk = Arc::new(Disk::default());
        let keyring = on(&disk);
        let first = keyring.add_subject(tenant(1), subject(1), &random).unwrap();
        let seal = |class| sealed_record(&keyring, tenant(1), (subject(1), first), class, ["a", "b"], &random);
        let contact = seal(0).unwrap();
        // A free slot in the middle of the file, which the key of the second class gets.
        let left = keyring.add_subject(tenant(1), subject(5), &random).unwrap();
        keyring.destroy(&[(tenant(1), left)], Facets::All).unwrap();
        disk.limit(usize::try_from(budget).unwrap());

        let mut done = Acknowledged::default();
        let run = (|| -> Result<(), KeyringError> {
            done.sealed = Some(seal(1)?);
            done.second = Some(keyring.add_subject(tenant(1), subject(2), &random)?);
            keyring.destroy(&[(tenant(1), first)], Facets::General)?;
            done.general_gone = true;
            keyring.destroy(&[(tenant(1), first)], Facets::All)?;
            done.all_gone = true;
            keyring.destroy(&[(tenant(1), keyring.class_slot(tenant(1), &class).unwrap())], Facets::All)?;
            done.class_gone = true;
            done.third = Some(keyring.add_subject(tenant(1), subject(3), &random)?);
            Ok(())
        })();
        drop(keyring);
        match failure {
            Failure::Kill => disk.restart(),
            Failure::Power => disk.fail(&random),
        }
        let keyring = on(&disk);

        // What was promised holds.
        if let Some(record) = &done.sealed {
            match open(&keyring, tenant(1), first, 1, record) {
                Ok(values) => assert!(values == ["a", "b"] && !done.all_gone, "{budget}"),
                // The order to destroy it had been given, but had not been acknowledged.
                Err(_) => assert!(done.general_gone, "{budget}"),
            }
        }
        match open(&keyring, tenant(1), first, 0, &contact) {
            Ok(values) => assert!(values == ["a", "b"] && !done.general_gone, "{budget}"),
            Err(_) => assert!(done.second.is_some(), "{budget}"),
        }
        for (number, slot) in [(2, done.second), (3, done.third)] {
            if let Some(slot) = slot {
                let record = sealed_record(&keyring, tenant(1), (subject(number), slot), 1, ["c", "d"], &random);
                assert_eq!(open(&keyring, tenant(1), slot, 1, &record.unwrap()).unwrap(), ["c", "d"], "{budget}");
            }
        }

        // The house goes on: orders are repeated, people come, classes are used, whatever the disk looks like.
        let doomed = [(tenant(1), first), (tenant(1), left)];
        keyring.destroy(&doomed, Facets::All).unwrap();
        assert!(!keyring.subject_exists(tenant(1), subject(1), first), "{budget}");
        let slot = keyring.add_subject(tenant(1), subject(4), &random).unwrap();
        keyring.destroy(&doomed, Facets::All).unwrap();
        for class in [0, 1] {
            let who = (subject(4), slot);
            match sealed_record(&keyring, tenant(1), who, class, ["e", "f"], &random) {
                Ok(record) => assert_eq!(open(&keyring, tenant(1), slot, class, &record).unwrap(), ["e", "f"]),
                // A class whose destruction was cut off in the middle refuses until the order is repeated.
                Err(error) => {
                    assert!(matches!(error, KeyringError::Damaged(_) | KeyringError::NoKey(_)), "{budget}: {error}");
                    assert!(class == 1 && done.all_gone && !done.class_gone, "{budget}");
                    let damaged = keyring.class_slot(tenant(1), &"invoice".into()).unwrap();
                    keyring.destroy(&[(tenant(1), damaged)], Facets::All).unwrap();
                    sealed_record(&keyring, tenant(1), who, class, ["e", "f"], &random).unwrap();
                }
            }
        }
        if run.is_ok() {
            finished = true;
            break;
        }
    }
    assert!(finished);
}

#[test]
fn a_repeated_order_reaches_the_device() {
    for facets in [Facets::General, Facets::All] {
        let random = SeededRandom::new(1);
        let disk = Arc::new(Disk::default());
        let keyring = on(&disk);
        let key = keyring.add_subject(tenant(1), subject(1), &random).unwrap();
        let record = sealed_record(&keyring, tenant(1), (subject(1), key), 0, ["a", "b"], &random).unwrap();
        // Written, but killed before the sync; so after the restart it looks as if nothing were left to do.
        disk.limit(slot::SIZE);
        keyring.destroy(&[(tenant(1), key)], facets).unwrap_err();
        disk.restart();
        let keyring = on(&disk);
        keyring.destroy(&[(tenant(1), key)], facets).unwrap();
        disk.fail(&random);
        assert!(matches!(open(&on(&disk), tenant(1), key, 0, &record), Err(KeyringError::NoKey(_))));
    }
}
