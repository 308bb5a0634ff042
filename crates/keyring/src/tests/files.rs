//! The folder: first start, second start, and what is refused.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{open, sealed_record, seeded, subject, tenant};
use crate::{Facets, Keyring, KeyringError, SystemRandom, Unlock, slot};

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn keys(dir: &TempDir, name: &str) -> PathBuf {
    dir.path().join("keys").join(name)
}

fn root(dir: &TempDir) -> PathBuf {
    dir.path().join("root/root.key")
}

fn refusal(dir: &Path) -> KeyringError {
    Keyring::open(dir, &SystemRandom).err().unwrap()
}

#[test]
fn keys_survive_a_restart_and_destruction_does_too() {
    let (dir, random) = (folder(), seeded());
    let keyring = Keyring::open(dir.path(), &random).unwrap();
    let keys = [1, 2].map(|number| keyring.add_subject(tenant(1), subject(number), &random).unwrap());
    let records = [(1, keys[0]), (2, keys[1])]
        .map(|(s, key)| sealed_record(&keyring, tenant(1), (subject(s), key), 0, ["a", "b"], &random).unwrap());
    let deployment = *keyring.deployment();
    keyring.destroy(&[(tenant(1), keys[0])], Facets::All).unwrap();
    drop(keyring);

    let keyring = Keyring::open(dir.path(), &random).unwrap();
    assert_eq!(*keyring.deployment(), deployment);
    assert!(matches!(open(&keyring, tenant(1), keys[0], 0, &records[0]), Err(KeyringError::NoKey(_))));
    assert_eq!(open(&keyring, tenant(1), keys[1], 0, &records[1]).unwrap(), ["a", "b"]);
    assert!(keyring.class_slot(tenant(1), &"contact".into()).is_some());
    // The free slot is used again, under another number.
    let third = keyring.add_subject(tenant(1), subject(3), &random).unwrap();
    assert_eq!(third.0, keys[0].0 | 1 << 28);
}

#[test]
fn the_files_are_for_their_owner_only() {
    let dir = folder();
    let _keyring = Keyring::open(dir.path(), &SystemRandom).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&root(&dir)), 0o600);
    assert_eq!(mode(root(&dir).parent().unwrap()), 0o700);
    assert_eq!(mode(&dir.path().join("keys")), 0o700);
    for name in ["header", "slots", "lock"] {
        assert_eq!(mode(&keys(&dir, name)), 0o600, "{name}");
    }
    assert_eq!(fs::metadata(root(&dir)).unwrap().len(), 32);
}

#[test]
fn a_folder_is_open_once() {
    let dir = folder();
    let keyring = Keyring::open(dir.path(), &SystemRandom).unwrap();
    assert!(matches!(refusal(dir.path()), KeyringError::InUse(_)));
    drop(keyring);
    Keyring::open(dir.path(), &SystemRandom).unwrap();
}

#[test]
fn another_root_key_is_refused() {
    let dir = folder();
    drop(Keyring::open(dir.path(), &SystemRandom).unwrap());
    let other = dir.path().join("other.key");
    fs::write(&other, [7; 32]).unwrap();
    let refused = Keyring::open_with(dir.path(), &Unlock::File(other), &SystemRandom).err().unwrap();
    assert!(matches!(refused, KeyringError::OtherRoot(_)), "{refused}");
    Keyring::open(dir.path(), &SystemRandom).unwrap();
}

#[test]
fn slots_of_another_deployment_are_refused() {
    let (ours, theirs) = (folder(), folder());
    drop(Keyring::open(ours.path(), &SystemRandom).unwrap());
    drop(Keyring::open(theirs.path(), &SystemRandom).unwrap());
    fs::copy(keys(&theirs, "slots"), keys(&ours, "slots")).unwrap();
    assert!(matches!(refusal(ours.path()), KeyringError::OtherDeployment(_)));
    fs::copy(keys(&theirs, "header"), keys(&ours, "header")).unwrap();
    assert!(matches!(refusal(ours.path()), KeyringError::OtherRoot(_)));
    fs::copy(root(&theirs), root(&ours)).unwrap();
    Keyring::open(ours.path(), &SystemRandom).unwrap();
}

#[test]
fn what_is_missing_is_not_made_again() {
    let dir = folder();
    let keyring = Keyring::open(dir.path(), &SystemRandom).unwrap();
    keyring.add_subject(tenant(1), subject(1), &SystemRandom).unwrap();
    drop(keyring);
    let aside = dir.path().join("aside");
    let without = |path: PathBuf| {
        fs::rename(&path, &aside).unwrap();
        let refused = refusal(dir.path());
        assert!(!path.exists());
        fs::rename(&aside, &path).unwrap();
        refused
    };
    assert!(matches!(without(root(&dir)), KeyringError::RootMissing(_)));
    assert!(matches!(without(keys(&dir, "header")), KeyringError::HeaderInvalid(_)));
    assert!(matches!(without(keys(&dir, "slots")), KeyringError::Io { .. }));
    Keyring::open(dir.path(), &SystemRandom).unwrap();
}

#[test]
fn damaged_headers_and_root_keys_are_refused() {
    let dir = folder();
    drop(Keyring::open(dir.path(), &SystemRandom).unwrap());
    for path in [keys(&dir, "header"), root(&dir)] {
        let intact = fs::read(&path).unwrap();
        for at in 0..intact.len() {
            let mut damaged = intact.clone();
            damaged[at] ^= 1;
            fs::write(&path, damaged).unwrap();
            let refused = refusal(dir.path());
            assert!(matches!(refused, KeyringError::HeaderInvalid(_) | KeyringError::OtherRoot(_)), "{at}: {refused}");
        }
        fs::write(&path, &intact[1..]).unwrap();
        let refused = refusal(dir.path());
        assert!(matches!(refused, KeyringError::HeaderInvalid(_) | KeyringError::RootInvalid(_)), "{refused}");
        fs::write(&path, intact).unwrap();
    }
    Keyring::open(dir.path(), &SystemRandom).unwrap();
}

#[test]
fn an_interrupted_first_start_is_finished() {
    let dir = folder();
    drop(Keyring::open(dir.path(), &SystemRandom).unwrap());
    let made = fs::read(root(&dir)).unwrap();
    fs::remove_file(keys(&dir, "header")).unwrap();
    fs::write(keys(&dir, "header.unfinished"), "half").unwrap();
    drop(Keyring::open(dir.path(), &SystemRandom).unwrap());
    assert_eq!(fs::read(root(&dir)).unwrap(), made);
    fs::remove_file(keys(&dir, "header")).unwrap();
    fs::remove_file(keys(&dir, "slots")).unwrap();
    drop(Keyring::open(dir.path(), &SystemRandom).unwrap());
    assert_eq!(fs::read(root(&dir)).unwrap(), made);
}

#[test]
fn half_a_slot_at_the_end_is_written_over() {
    let (dir, random) = (folder(), seeded());
    let keyring = Keyring::open(dir.path(), &random).unwrap();
    let first = keyring.add_subject(tenant(1), subject(1), &random).unwrap();
    drop(keyring);
    let mut bytes = fs::read(keys(&dir, "slots")).unwrap();
    bytes.extend([0xee; slot::SIZE / 2]);
    fs::write(keys(&dir, "slots"), bytes).unwrap();
    let keyring = Keyring::open(dir.path(), &random).unwrap();
    let second = keyring.add_subject(tenant(1), subject(2), &random).unwrap();
    assert_eq!([first.0, second.0], [0, 1]);
    assert!(keyring.subject_exists(tenant(1), subject(1), first));
    assert!(keyring.subject_exists(tenant(1), subject(2), second));
    assert_eq!(fs::metadata(keys(&dir, "slots")).unwrap().len(), slot::SIZE as u64 * 3);
}
