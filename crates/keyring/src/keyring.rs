//! All keys of a deployment.

use std::{
    collections::HashMap,
    fmt,
    fs::File,
    io,
    path::Path,
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use obhut_core::{
    access::Permit,
    change::{KeySlot, Record},
    id::{ClassName, FieldName, SubjectId, TenantId},
};

use crate::{
    derive::{self, Key, name_hash},
    error::KeyringError,
    folder::Folder,
    medium::{Medium, Memory},
    normalise,
    place::Place,
    plain::Plain,
    random::{self, Random},
    sealed,
    slot::{self, Facet, Kind, Number, Owner, Slot},
    unlock::Unlock,
};

/// The first byte of a sealed value: how the rest is to be read.
const FORMAT: u8 = 1;
/// How many slots are read at once when a file is opened.
const SCAN: usize = 256;

/// Which keys of a person are destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facets {
    /// What no statute keeps (Art. 17(3)(b) GDPR): the statutory key stays. A class or tenant has one key; it goes.
    General,
    /// Everything; the slot becomes free.
    All,
}

/// All keys of a deployment: one per person and facet, one per tenant and retention class, one per tenant.
///
/// Many threads may use it at once. Keys are read from the slots when they are needed and wiped afterwards; nothing
/// but the root key stays in memory.
pub struct Keyring {
    deployment: [u8; 16],
    root: Key,
    medium: Box<dyn Medium>,
    /// Slots are read under the read lock and written under the write lock, so nobody sees half a slot.
    index: RwLock<Index>,
    _lock: Option<File>,
}

/// What is known about the slots without reading them.
#[derive(Default)]
struct Index {
    /// How many slots there are.
    count: u32,
    /// The numbers under which empty slots can be used next.
    free: Vec<Number>,
    /// Where the keys of classes and tenants lie. Those of people are known to whoever stores the person.
    shared: HashMap<Owner, KeySlot>,
}

impl Keyring {
    /// Opens the keys in `dir`, with the root key in `dir/root/root.key`; makes both at the first start.
    pub fn open(dir: &Path, random: &dyn Random) -> Result<Self, KeyringError> {
        Self::open_with(dir, &Unlock::beside(dir), random)
    }

    /// Opens the keys in `dir` with a root key from elsewhere.
    pub fn open_with(dir: &Path, unlock: &Unlock, random: &dyn Random) -> Result<Self, KeyringError> {
        let Folder { deployment, root, slots, lock } = Folder::open(dir, unlock, random)?;
        Self::on(Box::new(slots), deployment, root, Some(lock))
    }

    /// Keys that exist in memory only, for tests and rehearsals.
    pub fn ephemeral(random: &dyn Random) -> Result<Self, KeyringError> {
        let medium = Memory::default();
        medium.write(0, &[0; slot::SIZE]).map_err(KeyringError::io("reserving the header"))?;
        Self::on(Box::new(medium), random::bytes(random), Key::random(random), None)
    }

    /// Opens slots that lie on `medium`, after the header.
    pub(crate) fn on(
        medium: Box<dyn Medium>,
        deployment: [u8; 16],
        root: Key,
        lock: Option<File>,
    ) -> Result<Self, KeyringError> {
        let index = Index::scan(&*medium)?;
        Ok(Self { deployment, root, medium, index: RwLock::new(index), _lock: lock })
    }

    /// The random id of the deployment, bound into everything sealed here.
    pub const fn deployment(&self) -> &[u8; 16] {
        &self.deployment
    }

    /// Makes the two keys of a person. They have reached the device when this returns, so a value sealed under them
    /// can be stored afterwards and never before.
    pub fn add_subject(
        &self,
        tenant: TenantId,
        subject: SubjectId,
        random: &dyn Random,
    ) -> Result<KeySlot, KeyringError> {
        let owner = subject_owner(tenant, subject);
        // Sealing takes longer than writing: only the number is taken, and only the slot written, under the lock.
        let number = self.write_index().take()?;
        let slot = Slot::new(number, owner, &self.deployment, &self.root, random)?;
        {
            let _alone = self.write_index();
            self.write(number, &slot)?;
        }
        self.sync()?;
        Ok(number.slot())
    }

    /// Whether the slot holds a key of this person, of whichever facet.
    pub fn subject_exists(&self, tenant: TenantId, subject: SubjectId, slot: KeySlot) -> bool {
        let number = Number::of(slot);
        self.read(number, &self.read_index()).is_ok_and(|slot| {
            slot.is_in_use(number) && slot.owner() == Some(subject_owner(tenant, subject)) && slot.has_key()
        })
    }

    /// Where the key of a class of a tenant lies, if there is one: made when the first value of it was sealed.
    pub fn class_slot(&self, tenant: TenantId, class: &ClassName) -> Option<KeySlot> {
        self.read_index().shared.get(&class_owner(tenant, class)).copied()
    }

    /// Where the key of a tenant lies, if there is one: made when the first blind index was needed.
    pub fn tenant_slot(&self, tenant: TenantId) -> Option<KeySlot> {
        self.read_index().shared.get(&tenant_owner(tenant)).copied()
    }

    /// Seals a value for its place.
    pub fn seal(&self, place: &Place<'_>, value: &str, random: &dyn Random) -> Result<Vec<u8>, KeyringError> {
        let subject = self.subject_key(place.tenant, place.subject, place.subject_key, place.statutory)?;
        let class = self.shared_key(class_owner(place.tenant, place.class), random)?;
        let key = derive::record_key(&subject, &class)?;
        let context = place.context(&self.deployment);
        let message = sealed::seal(&key, &context, random::bytes(random), value.as_bytes())?;
        Ok([&[FORMAT], message.as_slice()].concat())
    }

    /// Seals what is sealed in one place for another one: for the same person under another key. The value is shown to
    /// nobody, so no permit is needed.
    pub fn reseal(
        &self,
        from: &Place<'_>,
        to: &Place<'_>,
        value: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, KeyringError> {
        if (from.tenant, from.subject, from.class, from.field) != (to.tenant, to.subject, to.class, to.field) {
            return Err(KeyringError::NotPermitted);
        }
        let subject = self.subject_key(from.tenant, from.subject, from.subject_key, from.statutory)?;
        let Some(class) = self.existing_key(class_owner(from.tenant, from.class))? else {
            return Err(KeyringError::NoClassKey(from.class.clone()));
        };
        let key = derive::record_key(&subject, &class)?;
        let plain = value
            .strip_prefix(&[FORMAT])
            .and_then(|message| sealed::open(&key, &from.context(&self.deployment), message).ok())
            .and_then(Plain::new)
            .ok_or_else(|| KeyringError::NotOpened(from.field.clone()))?;
        self.seal(to, plain.expose(), random)
    }

    /// Opens the fields of a record that the permit names, in the order of the permit; a field that the record does
    /// not have is left out.
    ///
    /// The whole record is refused if one of the fields does not open: a part of a record may mean something else
    /// than all of it.
    pub fn open_record(
        &self,
        permit: &Permit,
        subject_key: KeySlot,
        statutory: bool,
        record: &Record,
    ) -> Result<Vec<(FieldName, Plain)>, KeyringError> {
        if record.subject != permit.subject() || record.class != *permit.class() {
            return Err(KeyringError::NotPermitted);
        }
        let tenant = permit.tenant();
        let subject = self.subject_key(tenant, record.subject, subject_key, statutory)?;
        let Some(class) = self.existing_key(class_owner(tenant, &record.class))? else {
            return Err(KeyringError::NoClassKey(record.class.clone()));
        };
        let key = derive::record_key(&subject, &class)?;
        let mut opened = Vec::with_capacity(permit.fields().len());
        for field in permit.fields() {
            let Some((_, value)) = record.sealed.iter().find(|(name, _)| name == field) else { continue };
            let place = Place {
                tenant,
                subject: record.subject,
                subject_key,
                statutory,
                class: &record.class,
                record: record.id,
                version: record.version,
                field,
            };
            let context = place.context(&self.deployment);
            let plain = value
                .strip_prefix(&[FORMAT])
                .and_then(|message| sealed::open(&key, &context, message).ok())
                .and_then(Plain::new)
                .ok_or_else(|| KeyringError::NotOpened(field.clone()))?;
            opened.push((field.clone(), plain));
        }
        Ok(opened)
    }

    /// The blind index of a value: equal for equal identities of one tenant and field, and without meaning to anyone
    /// who does not have the tenant's key.
    pub fn blind_index(
        &self,
        tenant: TenantId,
        field: &FieldName,
        value: &str,
        random: &dyn Random,
    ) -> Result<[u8; 16], KeyringError> {
        let key = self.shared_key(tenant_owner(tenant), random)?;
        let value = zeroize::Zeroizing::new(normalise::identity(field.as_str(), value));
        derive::blind_index(&key, field.as_str(), &value)
    }

    /// Destroys keys: zeroes them in place and returns when that has reached the device.
    ///
    /// Repeating it does no harm, at any later time: a slot number is never given out twice. A slot of another tenant
    /// is left alone and reported as an error, after all others have been destroyed.
    pub fn destroy(&self, slots: &[(TenantId, KeySlot)], facets: Facets) -> Result<(), KeyringError> {
        let mut refused = Ok(());
        {
            let mut index = self.write_index();
            for (tenant, slot) in slots {
                if let Err(error) = self.destroy_one(*tenant, Number::of(*slot), facets, &mut index) {
                    refused = refused.and(Err(error));
                }
            }
        }
        // Also if nothing had to be written: an earlier call may have been cut off between writing and syncing.
        self.sync()?;
        refused
    }

    fn destroy_one(
        &self,
        tenant: TenantId,
        number: Number,
        facets: Facets,
        index: &mut Index,
    ) -> Result<(), KeyringError> {
        let mut slot = match self.read(number, index) {
            Err(KeyringError::NoKey(_)) => return Ok(()),
            slot => slot?,
        };
        if !slot.is_of(number) {
            // Given out to somebody else since. Or the count is damaged, and the key is still there.
            slot = slot.counted_as(number);
            if !self.opens(&slot, number) {
                return Ok(());
            }
        }
        if !slot.may_be_of(tenant) || (slot.tenant() != tenant && self.opens(&slot, number)) {
            return Err(KeyringError::OtherOwner(number.slot()));
        }
        let owner = slot.owner();
        if facets == Facets::General && owner.is_none_or(|owner| owner.kind == Kind::Subject) {
            slot.wipe(Facet::General);
            return self.write(number, &slot);
        }
        let was_free = slot.is_empty();
        // Written again even if it is empty already: an earlier write may have failed to reach the device.
        let destroyed = Slot::destroyed(number);
        self.write(number, &destroyed)?;
        if let Some(owner) = owner
            && index.shared.get(&owner) == Some(&number.slot())
        {
            index.shared.remove(&owner);
        }
        if !was_free {
            index.free.extend(destroyed.next_number(number.index));
        }
        Ok(())
    }

    fn subject_key(
        &self,
        tenant: TenantId,
        subject: SubjectId,
        slot: KeySlot,
        statutory: bool,
    ) -> Result<Key, KeyringError> {
        let facet = if statutory { Facet::Statutory } else { Facet::General };
        self.open_slot(Number::of(slot), subject_owner(tenant, subject), facet, &self.read_index())
    }

    /// The key of a class or tenant, if there is one.
    fn existing_key(&self, owner: Owner) -> Result<Option<Key>, KeyringError> {
        let index = self.read_index();
        let slot = index.shared.get(&owner).copied();
        slot.map(|slot| self.open_slot(Number::of(slot), owner, Facet::General, &index)).transpose()
    }

    /// The key of a class or tenant, made if there is none.
    fn shared_key(&self, owner: Owner, random: &dyn Random) -> Result<Key, KeyringError> {
        if let Some(key) = self.existing_key(owner)? {
            return Ok(key);
        }
        let mut index = self.write_index();
        if let Some(slot) = index.shared.get(&owner) {
            return self.open_slot(Number::of(*slot), owner, Facet::General, &index);
        }
        let number = index.take()?;
        let slot = Slot::new(number, owner, &self.deployment, &self.root, random)?;
        // Such a slot is found by what it says of itself. So it says it last: half of one, left by a crash, must not
        // stand in the way of the key that is made after the restart.
        self.write(number, &slot.unmarked())?;
        self.sync()?;
        self.write(number, &slot)?;
        self.sync()?;
        index.shared.insert(owner, number.slot());
        slot.open(number, owner, Facet::General, &self.deployment, &self.root)
    }

    fn open_slot(&self, number: Number, owner: Owner, facet: Facet, index: &Index) -> Result<Key, KeyringError> {
        self.read(number, index)?.open(number, owner, facet, &self.deployment, &self.root)
    }

    /// Whether the slot is as whole as it claims to be.
    fn opens(&self, slot: &Slot, number: Number) -> bool {
        slot.owner().is_some_and(|owner| {
            [Facet::General, Facet::Statutory]
                .into_iter()
                .any(|facet| slot.open(number, owner, facet, &self.deployment, &self.root).is_ok())
        })
    }

    /// Reads a slot; the index is asked for as proof that a lock is held.
    fn read(&self, number: Number, index: &Index) -> Result<Slot, KeyringError> {
        if number.index >= index.count {
            return Err(KeyringError::NoKey(number.slot()));
        }
        let mut bytes = [0; slot::SIZE];
        match self.medium.read(offset(number.index), &mut bytes) {
            // Taken, but not written yet.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                return Err(KeyringError::NoKey(number.slot()));
            }
            read => read.map_err(KeyringError::io("reading a key slot"))?,
        }
        Slot::parse(&bytes).ok_or(KeyringError::Damaged(number.slot()))
    }

    fn write(&self, number: Number, slot: &Slot) -> Result<(), KeyringError> {
        self.medium.write(offset(number.index), &slot.bytes()).map_err(KeyringError::io("writing a key slot"))
    }

    fn sync(&self) -> Result<(), KeyringError> {
        self.medium.sync().map_err(KeyringError::io("syncing the key slots"))
    }

    /// A thread that panicked while it held the lock has left nothing half done that the file does not show as such.
    fn read_index(&self) -> RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write_index(&self) -> RwLockWriteGuard<'_, Index> {
        self.index.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").finish_non_exhaustive()
    }
}

impl Index {
    /// Reads all slots once. No key is opened.
    fn scan(medium: &dyn Medium) -> Result<Self, KeyringError> {
        let what = "reading the key slots";
        let length = medium.length().map_err(KeyringError::io(what))?;
        // Half a slot at the end was never given out; the next one is written over it.
        let count = length.div_euclid(slot::SIZE as u64).saturating_sub(1);
        let count = u32::try_from(count).ok().filter(|count| *count <= slot::MAX_SLOTS).ok_or(KeyringError::Full)?;
        let mut index = Self { count, ..Self::default() };
        let mut block = vec![0; SCAN.saturating_mul(slot::SIZE)];
        let mut at = 0;
        while at < count {
            let left = usize::try_from(count.saturating_sub(at)).map_or(SCAN, |left| left.min(SCAN));
            let Some(bytes) = block.get_mut(..left.saturating_mul(slot::SIZE)) else { break };
            medium.read(offset(at), bytes).map_err(KeyringError::io(what))?;
            let (slots, _) = bytes.as_chunks();
            for slot in slots {
                if let Some(slot) = Slot::parse(slot) {
                    index.note(at, &slot);
                }
                at = at.saturating_add(1);
            }
        }
        // The lowest first, so that the file stays as short as it can.
        index.free.reverse();
        Ok(index)
    }

    fn note(&mut self, at: u32, slot: &Slot) {
        if slot.is_empty() {
            self.free.extend(slot.next_number(at));
        } else if let (Some(owner), Some(number)) = (slot.owner(), slot.number(at))
            && owner.kind != Kind::Subject
        {
            self.shared.entry(owner).or_insert(number.slot());
        }
    }

    /// Takes a slot out of the free ones, or a new one at the end.
    fn take(&mut self) -> Result<Number, KeyringError> {
        if let Some(number) = self.free.pop() {
            return Ok(number);
        }
        let index = self.count;
        if index >= slot::MAX_SLOTS {
            return Err(KeyringError::Full);
        }
        self.count = index.saturating_add(1);
        Ok(Number { index, round: 0 })
    }
}

/// Where a slot begins: after the header, which is as long as a slot.
fn offset(index: u32) -> u64 {
    u64::from(index).saturating_add(1).saturating_mul(slot::SIZE as u64)
}

fn subject_owner(tenant: TenantId, subject: SubjectId) -> Owner {
    Owner { kind: Kind::Subject, tenant, id: *subject.bytes() }
}

fn class_owner(tenant: TenantId, class: &ClassName) -> Owner {
    Owner { kind: Kind::Class, tenant, id: name_hash(class.as_str()) }
}

fn tenant_owner(tenant: TenantId) -> Owner {
    Owner { kind: Kind::Tenant, tenant, id: [0; 16] }
}
