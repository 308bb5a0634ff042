//! The examples in `vectors/`, which a second implementation made and checks.

use std::{collections::HashMap, path::Path, sync::Mutex};

use aws_lc_rs::digest;
use obhut_core::{
    change::KeySlot,
    id::{ClassName, FieldName, RecordId, SubjectId, TenantId},
};
use proptest::prelude::*;
use serde_json::Value;

use super::Given;
use crate::{
    Place,
    derive::{self, Key},
    normalise::identity,
    sealed,
    slot::{Kind, Number, Owner, SIZE, Slot},
};

fn cases(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(file);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn hex(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    hex(value).try_into().unwrap()
}

fn key(value: &Value) -> Key {
    Key::from_slice(&hex(value)).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn list(value: &Value) -> &[Value] {
    let list = value.as_array().unwrap();
    assert!(!list.is_empty());
    list
}

/// Byte i of a long content is (7 i + 3) mod 251.
fn content(case: &Value) -> Vec<u8> {
    match case.get("plaintext_length") {
        Some(length) => (0..length.as_u64().unwrap()).map(|i| u8::try_from((7 * i + 3) % 251).unwrap()).collect(),
        None => hex(&case["plaintext"]),
    }
}

#[test]
fn sealed_messages() {
    let cases = cases("sealed.json");
    let mut messages = HashMap::new();
    for case in list(&cases["messages"]) {
        let (name, context, content) = (text(&case["name"]), hex(&case["context"]), content(case));
        let input_key = key(&case["input_key"]);
        let message = sealed::seal(&input_key, &context, array(&case["salt"]), &content).unwrap();
        assert_eq!(message.len() as u64, case["message_length"].as_u64().unwrap(), "{name}");
        let hash = digest::digest(&digest::SHA256, &message);
        assert_eq!(hash.as_ref(), hex(&case["message_sha256"]), "{name}");
        if let Some(whole) = case.get("message") {
            assert_eq!(message, hex(whole), "{name}");
        }
        assert_eq!(sealed::open(&input_key, &context, &message).as_deref(), Ok(&content), "{name}");
        messages.insert(name, (case, message));
    }
    for case in list(&cases["refused"]) {
        let (original, message) = &messages[text(&case["of"])];
        let mut message = message.clone();
        if let Some(flip) = case.get("flip") {
            message[usize::try_from(flip[0].as_u64().unwrap()).unwrap()] ^=
                u8::try_from(flip[1].as_u64().unwrap()).unwrap();
        }
        if let Some(count) = case.get("drop_last") {
            message.truncate(message.len() - usize::try_from(count.as_u64().unwrap()).unwrap());
        }
        if let Some(bytes) = case.get("append") {
            message.extend(hex(bytes));
        }
        let either = |name| case.get(name).unwrap_or(&original[name]);
        let opened = sealed::open(&key(either("input_key")), &hex(either("context")), &message);
        assert_eq!(opened, Err(sealed::NotOpened), "{}: {}", case["of"], case["why"]);
    }
}

#[test]
fn stored_values() {
    for case in list(&cases("derived.json")["values"]) {
        let (class, field) = (ClassName::from(text(&case["class"])), FieldName::from(text(&case["field"])));
        let place = Place {
            tenant: TenantId::from_bytes(array(&case["tenant"])),
            subject: SubjectId::from_bytes(array(&case["subject"])),
            subject_key: KeySlot(0),
            statutory: case["statutory"].as_bool().unwrap(),
            class: &class,
            record: RecordId::from_bytes(array(&case["record"])),
            version: case["version"].as_u64().unwrap(),
            field: &field,
        };
        let context = place.context(&array(&case["deployment"]));
        assert_eq!(context, hex(&case["context"]));
        let record_key = derive::record_key(&key(&case["subject_key"]), &key(&case["class_key"])).unwrap();
        assert_eq!(record_key.bytes().as_slice(), hex(&case["record_key"]));
        let value = text(&case["value"]).as_bytes();
        let message = sealed::seal(&record_key, &context, array(&case["salt"]), value).unwrap();
        assert_eq!([&[1], message.as_slice()].concat(), hex(&case["stored"]));
    }
}

#[test]
fn slots() {
    for case in list(&cases("derived.json")["slots"]) {
        let number = Number::of(KeySlot(u32::try_from(case["slot"].as_u64().unwrap()).unwrap()));
        let kind = match text(&case["kind"]) {
            "subject" => Kind::Subject,
            "class" => Kind::Class,
            _ => Kind::Tenant,
        };
        let owner = Owner { kind, tenant: TenantId::from_bytes(array(&case["tenant"])), id: array(&case["owner"]) };
        let random = list(&case["keys"]).iter().flat_map(|entry| [hex(&entry["key"]), hex(&entry["salt"])]).flatten();
        let random = Given(Mutex::new(random.collect()));
        let slot = Slot::new(number, owner, &array(&case["deployment"]), &key(&case["root"]), &random).unwrap();
        let bytes: [u8; SIZE] = array(&case["bytes"]);
        assert_eq!(slot.bytes(), bytes);
        assert!(Slot::parse(&bytes) == Some(slot));
    }
}

#[test]
fn blind_indexes() {
    for case in list(&cases("derived.json")["indexes"]) {
        let (field, value) = (text(&case["field"]), text(&case["value"]));
        let form = identity(field, value);
        assert_eq!(form, text(&case["identity"]));
        let index = derive::blind_index(&key(&case["tenant_key"]), field, &form).unwrap();
        assert_eq!(index, array(&case["index"]));
    }
}

proptest! {
    #[test]
    fn a_message_opens_as_it_was_sealed_or_not_at_all(
        length in prop_oneof![0..300_usize, 16_300..16_500_usize, 32_700..32_800_usize],
        input_key: [u8; 32],
        salt: [u8; 24],
        context in prop::collection::vec(any::<u8>(), 0..120),
        at: prop::sample::Index,
        bit in 0..8_u32,
    ) {
        let input_key = Key::from_slice(&input_key).unwrap();
        let content: Vec<u8> = (0..=255).cycle().take(length).collect();
        let mut message = sealed::seal(&input_key, &context, salt, &content).unwrap();
        prop_assert_eq!(message.len(), length + 56 + 16 * (length / 16384 + 1));
        let opened = sealed::open(&input_key, &context, &message);
        prop_assert_eq!(opened.as_deref(), Ok(&content));

        let cut = at.index(message.len());
        prop_assert_eq!(sealed::open(&input_key, &context, &message[..cut]), Err(sealed::NotOpened));
        message[cut] ^= 1 << bit;
        prop_assert_eq!(sealed::open(&input_key, &context, &message), Err(sealed::NotOpened));
    }
}
