//! The 256 bytes in which a key lies, and how slots are numbered.
//!
//! ```text
//! kind 1 | uses 1 | tenant 16 | owner 16 | first sealed key 104 | second sealed key 104 | zeros 14
//! ```
//!
//! A person's slot holds two keys that have nothing in common: the general and the statutory one (Art. 17(3)(b) GDPR
//! keeps the latter alive when the former is destroyed). Class and tenant keys use the first place only. What is
//! destroyed is zeros; what is half written or damaged does not open, because number, kind and owner are bound into
//! the seal of each key.
//!
//! `uses` counts how often the slot was given out and survives destruction. It makes numbers unique: the number of a
//! slot is its index and, in the upper four bits, the round of its use, so an order to destroy the key of a person
//! who left can never hit the person who got the same slot afterwards, however late it is carried out again. After
//! [`ROUNDS`] uses the slot retires.

use obhut_core::{change::KeySlot, id::TenantId};

use crate::{
    derive::Key,
    error::KeyringError,
    random::{self, Random},
    sealed,
};

/// Bytes of a slot. It divides every sector and page size, so a slot never lies across two.
pub(crate) const SIZE: usize = 256;
/// How often a slot is used.
pub(crate) const ROUNDS: u8 = 16;
/// How many slots the numbers can tell apart.
pub(crate) const MAX_SLOTS: u32 = 1 << INDEX_BITS;

const INDEX_BITS: u32 = 28;
const SEALED: usize = 32 + sealed::OVERHEAD;
const FIRST: usize = 1 + 1 + 16 + 16;
const PADDING: usize = SIZE - FIRST - 2 * SEALED;
const LABEL: &[u8] = b"obhut/v1/slot\0";

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A person.
    Subject,
    /// A retention class of a tenant.
    Class,
    /// A tenant.
    Tenant,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Subject => 1,
            Self::Class => 2,
            Self::Tenant => 3,
        }
    }

    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Subject),
            2 => Some(Self::Class),
            3 => Some(Self::Tenant),
            _ => None,
        }
    }
}

/// One of the two keys of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Facet {
    /// The general key of a person; the only key of a class or tenant.
    General,
    /// The key of a person's records that a statute keeps.
    Statutory,
}

/// Whose key lies in a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    /// What for.
    pub(crate) kind: Kind,
    /// In which tenant.
    pub(crate) tenant: TenantId,
    /// The person's id, a hash of the class's name, or zeros.
    pub(crate) id: [u8; 16],
}

/// A slot's number taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    /// Which slot of the file.
    pub(crate) index: u32,
    /// In which round of its use, from 0.
    pub(crate) round: u8,
}

impl Number {
    pub(crate) fn of(slot: KeySlot) -> Self {
        let [top, ..] = slot.0.to_be_bytes();
        Self { index: slot.0 & (MAX_SLOTS - 1), round: top >> 4 }
    }

    pub(crate) fn slot(self) -> KeySlot {
        KeySlot((u32::from(self.round) << INDEX_BITS) | self.index)
    }

    /// How often the slot has been given out in this round.
    fn uses(self) -> u8 {
        self.round.saturating_add(1)
    }
}

/// The content of a slot.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    kind: u8,
    uses: u8,
    tenant: [u8; 16],
    owner: [u8; 16],
    keys: [[u8; SEALED]; 2],
    padding: [u8; PADDING],
}

impl Slot {
    /// Takes the bytes apart; anything is accepted.
    pub(crate) fn parse(bytes: &[u8; SIZE]) -> Option<Self> {
        let [kind, uses, rest @ ..] = bytes;
        let (tenant, rest) = rest.split_first_chunk()?;
        let (owner, rest) = rest.split_first_chunk()?;
        let (first, rest) = rest.split_first_chunk()?;
        let (second, rest) = rest.split_first_chunk()?;
        let padding = rest.first_chunk()?;
        let (kind, uses) = (*kind, *uses);
        Some(Self { kind, uses, tenant: *tenant, owner: *owner, keys: [*first, *second], padding: *padding })
    }

    /// The bytes to write.
    pub(crate) fn bytes(&self) -> [u8; SIZE] {
        let [first, second] = &self.keys;
        let parts: [&[u8]; 7] =
            [&[self.kind], &[self.uses], &self.tenant, &self.owner, first, second, self.padding.as_slice()];
        let mut bytes = [0; SIZE];
        for (byte, value) in bytes.iter_mut().zip(parts.into_iter().flatten()) {
            *byte = *value;
        }
        bytes
    }

    /// A slot with new keys: two for a person, one for a class or tenant.
    pub(crate) fn new(
        number: Number,
        owner: Owner,
        deployment: &[u8; 16],
        root: &Key,
        random: &dyn Random,
    ) -> Result<Self, KeyringError> {
        let seal = |facet| -> Result<[u8; SEALED], KeyringError> {
            let key = Key::random(random);
            let context = context(deployment, number.slot(), owner, facet);
            let message = sealed::seal(root, &context, random::bytes(random), key.bytes())?;
            message.try_into().map_err(|_length| KeyringError::Crypto)
        };
        let general = seal(Facet::General)?;
        let statutory = if owner.kind == Kind::Subject { seal(Facet::Statutory)? } else { [0; SEALED] };
        Ok(Self {
            kind: owner.kind.byte(),
            uses: number.uses(),
            tenant: *owner.tenant.bytes(),
            owner: owner.id,
            keys: [general, statutory],
            padding: [0; PADDING],
        })
    }

    /// What stays of the slot when everything in it is destroyed.
    pub(crate) fn destroyed(number: Number) -> Self {
        Self {
            kind: 0,
            uses: number.uses(),
            tenant: [0; 16],
            owner: [0; 16],
            keys: [[0; SEALED]; 2],
            padding: [0; PADDING],
        }
    }

    /// Destroys one key.
    pub(crate) fn wipe(&mut self, facet: Facet) {
        *self.key_mut(facet) = [0; SEALED];
    }

    /// The same slot, marked as not in use: what is written first, so that a slot is in use only when all of it is.
    pub(crate) fn unmarked(&self) -> Self {
        Self { kind: 0, ..self.clone() }
    }

    /// The key of `owner`, opened.
    pub(crate) fn open(
        &self,
        number: Number,
        owner: Owner,
        facet: Facet,
        deployment: &[u8; 16],
        root: &Key,
    ) -> Result<Key, KeyringError> {
        let slot = number.slot();
        if !self.is_of(number) || self.is_empty() {
            return Err(KeyringError::NoKey(slot));
        }
        if Kind::from_byte(self.kind).is_none() {
            return Err(KeyringError::Damaged(slot));
        }
        if self.owner() != Some(owner) {
            return Err(KeyringError::OtherOwner(slot));
        }
        let sealed = self.key(facet);
        if sealed.iter().all(|byte| *byte == 0) {
            return Err(KeyringError::NoKey(slot));
        }
        let context = context(deployment, slot, owner, facet);
        let key = sealed::open(root, &context, sealed).map_err(|_forged| KeyringError::Damaged(slot))?;
        Key::from_slice(&key).ok_or(KeyringError::Damaged(slot))
    }

    /// Whose key it says it holds, if it says so.
    pub(crate) fn owner(&self) -> Option<Owner> {
        let kind = Kind::from_byte(self.kind)?;
        Some(Owner { kind, tenant: TenantId::from_bytes(self.tenant), id: self.owner })
    }

    /// The tenant it says it belongs to, also where the kind is damaged.
    pub(crate) const fn tenant(&self) -> TenantId {
        TenantId::from_bytes(self.tenant)
    }

    /// Whether it is a slot of the tenant, or may have been one: where its destruction was cut off by a crash, parts of
    /// it are zeros, and repeating the order must finish it.
    pub(crate) fn may_be_of(&self, tenant: TenantId) -> bool {
        self.tenant.iter().zip(tenant.bytes()).all(|(byte, expected)| *byte == 0 || byte == expected)
    }

    /// Whether it is in the round of this number.
    pub(crate) fn is_of(&self, number: Number) -> bool {
        self.uses == number.uses()
    }

    /// The same slot, as if it were in the round of this number.
    pub(crate) fn counted_as(&self, number: Number) -> Self {
        Self { uses: number.uses(), ..self.clone() }
    }

    /// Whether the slot is in use in the round of this number.
    pub(crate) fn is_in_use(&self, number: Number) -> bool {
        self.kind != 0 && self.is_of(number)
    }

    /// Whether any key is left in it.
    pub(crate) fn has_key(&self) -> bool {
        self.keys.iter().flatten().any(|byte| *byte != 0)
    }

    /// Whether nothing is in it, not even half of something.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self { uses: self.uses, ..Self::destroyed(Number { index: 0, round: 0 }) }
    }

    /// The number under which the slot is in use, or was last.
    pub(crate) fn number(&self, index: u32) -> Option<Number> {
        let round = self.uses.checked_sub(1).filter(|round| *round < ROUNDS)?;
        Some(Number { index, round })
    }

    /// The number under which an empty slot can be used next; none if it has retired.
    pub(crate) fn next_number(&self, index: u32) -> Option<Number> {
        (self.uses < ROUNDS).then_some(Number { index, round: self.uses })
    }

    const fn key(&self, facet: Facet) -> &[u8; SEALED] {
        let [general, statutory] = &self.keys;
        match facet {
            Facet::General => general,
            Facet::Statutory => statutory,
        }
    }

    const fn key_mut(&mut self, facet: Facet) -> &mut [u8; SEALED] {
        let [general, statutory] = &mut self.keys;
        match facet {
            Facet::General => general,
            Facet::Statutory => statutory,
        }
    }
}

fn context(deployment: &[u8; 16], slot: KeySlot, owner: Owner, facet: Facet) -> Vec<u8> {
    let facet = match facet {
        Facet::General => 0,
        Facet::Statutory => 1,
    };
    [LABEL, deployment, &slot.0.to_be_bytes(), &[owner.kind.byte(), facet], owner.tenant.bytes(), &owner.id].concat()
}
