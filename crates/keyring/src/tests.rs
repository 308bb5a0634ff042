//! What the tests share: two tenants, two classes, permits as the decision makes them, and a disk to break.

mod crash;
mod files;
mod keys;
mod life;
mod vectors;

use std::{
    collections::BTreeSet,
    io,
    sync::{Arc, LazyLock, Mutex},
};

use indexmap::IndexMap;
use jiff::{Timestamp, civil::date, tz::TimeZone};
use obhut_core::{
    access::{Caller, Permit, Request, Situation, decide},
    change::{KeySlot, Record},
    consent::Consents,
    history::History,
    id::{ClassName, FieldName, PurposeName, RecordId, SubjectId, TenantId},
    model::{
        Acts, Authority, AutomatedDecisions, Basis, DataClass, Disclosure, Dpo, Export, Head, Model, Needed, Party,
        PolicyHash, Purpose, Rights, Role, Source, Storage, Text,
    },
    period::{Period, Unit},
    retention::Standing,
};

use crate::{Keyring, KeyringError, Place, Plain, Random, SeededRandom, derive::Key, medium::Medium, slot};

/// The classes of the tests: name, fields, whether under the statutory key.
const CLASSES: [(&str, [&str; 2], bool); 2] =
    [("contact", ["email", "note"], false), ("invoice", ["recipient", "amount"], true)];

fn tenant(number: u8) -> TenantId {
    TenantId::from_bytes([0xa0 | number; 16])
}

fn subject(number: u8) -> SubjectId {
    SubjectId::from_bytes([number; 16])
}

/// A small policy: whoever has the role `staff` may see everything for `care`, and the first fields for `look`.
fn model() -> Model {
    let audience = "shopper".into();
    let class = |fields: &[&str], statutory| DataClass {
        audience: "shopper".into(),
        fields: fields.iter().map(|field| FieldName::from(*field)).collect(),
        source: Source::Subject,
        needed: Needed::Contract,
        only_if: None,
        identity: None,
        statutory,
        consequence: None,
        special: None,
        label: Text::default(),
    };
    let purpose = |fields: Option<Vec<FieldName>>| Purpose {
        data: CLASSES.iter().map(|(name, ..)| ClassName::from(*name)).collect(),
        fields,
        basis: Basis::Contract,
        roles: vec!["staff".into()],
        requires: None,
        until: None,
        export: false,
        exception: None,
        marketing: false,
        profiling: false,
        objection: None,
        balance: None,
        label: Text::default(),
    };
    let days = |count| Period::new(count, Unit::Day);
    Model {
        policy: Head {
            id: "test".into(),
            version: "1".into(),
            valid_from: date(2026, 1, 1),
            languages: Vec::new(),
            zone: TimeZone::UTC,
            sweep: days(1),
            announce: None,
            announce_by: Vec::new(),
            announce_for: Vec::new(),
            fiscal_year: None,
            notice_url: String::new(),
            hash: PolicyHash::default(),
        },
        controller: Party {
            name: "Example GmbH".into(),
            address: String::new(),
            country: "DE".into(),
            email: String::new(),
            phone: None,
            contact_url: None,
        },
        dpo: Dpo::NotRequired { reason: Text::default() },
        authority: Authority { name: Text::default(), url: String::new(), address: None, email: None, phone: None },
        jurisdictions: IndexMap::new(),
        words: IndexMap::new(),
        audiences: IndexMap::from([(
            audience,
            obhut_core::model::Audience {
                relation: obhut_core::model::Relation::SubjectOfTenant,
                label: Text::default(),
                intro: Text::default(),
            },
        )]),
        data: CLASSES.iter().map(|(name, fields, statutory)| ((*name).into(), class(fields, *statutory))).collect(),
        purposes: IndexMap::from([
            ("care".into(), purpose(None)),
            ("look".into(), purpose(Some(vec!["email".into(), "recipient".into()]))),
        ]),
        consents: IndexMap::new(),
        events: IndexMap::new(),
        retentions: IndexMap::new(),
        holds: IndexMap::new(),
        recipients: IndexMap::new(),
        disclosure: Disclosure::default(),
        roles: IndexMap::from([("staff".into(), Role { acts: Acts::Tenant, label: Text::default() })]),
        messages: IndexMap::new(),
        cookies: IndexMap::new(),
        services: IndexMap::new(),
        logs: IndexMap::new(),
        places: IndexMap::new(),
        backup: None,
        access: obhut_core::model::OperatorAccess::default(),
        identities: IndexMap::new(),
        measures: IndexMap::new(),
        storage: Storage { processor: "host".into(), country: "DE".into() },
        export: Export { formats: Vec::new(), window: None, link: None, no_transfer: None },
        rights: Rights {
            deadline: days(30),
            email: String::new(),
            contact_url: None,
            tenant_can: None,
            channels: Vec::new(),
            written: false,
            forwards: false,
        },
        automated_decisions: AutomatedDecisions { used: false, purpose: None, review: None, text: Text::default() },
    }
}

static MODEL: LazyLock<Model> = LazyLock::new(model);

/// A permit, from the one place that makes them.
fn permit(tenant: TenantId, subject: SubjectId, class: &str, purpose: &str) -> Permit {
    let caller = Caller { credential: None, tenant: Some(tenant), role: "staff".into(), purposes: None };
    let (class, purpose) = (ClassName::from(class), PurposeName::from(purpose));
    let request = Request { caller: &caller, tenant, subject, class: &class, purpose: &purpose };
    let (history, consents) = (History::default(), Consents::default());
    let situation =
        Situation { history: &history, consents: &consents, standing: &Standing::Active, restricted: false };
    decide(&MODEL, &request, &situation, Timestamp::UNIX_EPOCH).unwrap()
}

/// A record of the class with these values in its two fields, sealed.
fn sealed_record(
    keyring: &Keyring,
    tenant: TenantId,
    (subject, key): (SubjectId, KeySlot),
    class: usize,
    values: [&str; 2],
    random: &dyn Random,
) -> Result<Record, KeyringError> {
    let (name, fields, statutory) = CLASSES[class];
    let class = ClassName::from(name);
    let id = RecordId::new(Timestamp::UNIX_EPOCH, crate::random::bytes(random));
    let version = 1;
    let mut sealed = Vec::new();
    for (field, value) in fields.into_iter().zip(values) {
        let field = FieldName::from(field);
        let place =
            Place { tenant, subject, subject_key: key, statutory, class: &class, record: id, version, field: &field };
        let value = keyring.seal(&place, value, random)?;
        sealed.push((field, value));
    }
    Ok(Record {
        id,
        subject,
        class,
        version,
        created: Timestamp::UNIX_EPOCH,
        notice: PolicyHash::default(),
        origin: String::new(),
        facts: BTreeSet::new(),
        choice: None,
        anonymised: None,
        sealed,
    })
}

/// Opens a record of the class with a permit for its own person.
fn open(
    keyring: &Keyring,
    tenant: TenantId,
    key: KeySlot,
    class: usize,
    record: &Record,
) -> Result<Vec<String>, KeyringError> {
    let (name, _, statutory) = CLASSES[class];
    let permit = permit(tenant, record.subject, name, "care");
    keyring.open_record(&permit, key, statutory, record).map(|fields| texts(&fields))
}

fn texts(fields: &[(FieldName, Plain)]) -> Vec<String> {
    fields.iter().map(|(_, value)| value.expose().to_owned()).collect()
}

/// A keyring on a disk that outlives it.
fn on(disk: &Arc<Disk>) -> Keyring {
    Keyring::on(Box::new(Arc::clone(disk)), [9; 16], Key::from_slice(&[8; 32]).unwrap(), None).unwrap()
}

/// A disk with a write cache, whose power can fail.
#[derive(Default)]
struct Disk(Mutex<Platter>);

struct Platter {
    /// What reads see.
    cached: Vec<u8>,
    /// What has reached the device for certain.
    durable: Vec<u8>,
    /// How many more bytes can be written or, a sync counting as one, synced.
    budget: usize,
}

impl Default for Platter {
    fn default() -> Self {
        Self { cached: vec![0; slot::SIZE], durable: vec![0; slot::SIZE], budget: usize::MAX }
    }
}

impl Disk {
    fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().cached.clone()
    }

    fn set_bytes(&self, bytes: &[u8]) {
        let mut platter = self.0.lock().unwrap();
        bytes.clone_into(&mut platter.cached);
        bytes.clone_into(&mut platter.durable);
    }

    fn limit(&self, budget: usize) {
        self.0.lock().unwrap().budget = budget;
    }

    /// The process was killed and is back: what it wrote is there, synced or not.
    fn restart(&self) {
        self.limit(usize::MAX);
    }

    /// The power failed and is back: of what had not reached the device, any byte may have or may not.
    fn fail(&self, random: &dyn Random) {
        let mut platter = self.0.lock().unwrap();
        let mut survived = platter.cached.clone();
        let mut dice = vec![0; survived.len()];
        random.fill(&mut dice);
        for ((byte, dice), at) in survived.iter_mut().zip(dice).zip(0..) {
            if dice % 2 == 0 {
                *byte = platter.durable.get(at).copied().unwrap_or(0);
            }
        }
        // The length may not have reached the device either.
        if crate::random::bytes::<1>(random)[0] < 64 {
            survived.truncate(platter.durable.len());
        }
        *platter = Platter { cached: survived.clone(), durable: survived, budget: usize::MAX };
    }
}

impl Medium for Arc<Disk> {
    fn read(&self, offset: u64, bytes: &mut [u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap();
        let platter = self.0.lock().unwrap();
        let part = platter.cached.get(start..start + bytes.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
        bytes.copy_from_slice(part);
        Ok(())
    }

    fn write(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let start = usize::try_from(offset).unwrap();
        let mut platter = self.0.lock().unwrap();
        let written = bytes.len().min(platter.budget);
        if platter.budget != usize::MAX {
            platter.budget -= written;
        }
        if platter.cached.len() < start + written {
            platter.cached.resize(start + written, 0);
        }
        platter.cached[start..start + written].copy_from_slice(&bytes[..written]);
        if written < bytes.len() { Err(io::Error::other("power failed")) } else { Ok(()) }
    }

    fn sync(&self) -> io::Result<()> {
        let mut platter = self.0.lock().unwrap();
        if platter.budget == 0 {
            return Err(io::Error::other("power failed"));
        }
        if platter.budget != usize::MAX {
            platter.budget -= 1;
        }
        platter.durable = platter.cached.clone();
        Ok(())
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().cached.len() as u64)
    }
}

/// Randomness that was written down: what the vectors give as salts and keys.
struct Given(Mutex<Vec<u8>>);

impl Random for Given {
    fn fill(&self, bytes: &mut [u8]) {
        let mut given = self.0.lock().unwrap();
        let rest = given.split_off(bytes.len());
        bytes.copy_from_slice(&given);
        *given = rest;
    }
}

fn seeded() -> SeededRandom {
    SeededRandom::new(1)
}
