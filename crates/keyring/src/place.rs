//! The place of a value: everything that a sealed value is bound to.

use obhut_core::{
    change::KeySlot,
    id::{ClassName, FieldName, RecordId, SubjectId, TenantId},
};

use crate::derive::name_hash;

const LABEL: &[u8] = b"obhut/v1/field\0";
/// Retention classes are not split by the month of their start event yet.
const BUCKET: u32 = 0;

/// Where a value belongs. A sealed value moved to any other place does not open.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The tenant.
    pub tenant: TenantId,
    /// The person.
    pub subject: SubjectId,
    /// Where the person's key lies.
    pub subject_key: KeySlot,
    /// Whether the class lies under the person's statutory key ([`obhut_core::model::DataClass::statutory`]).
    pub statutory: bool,
    /// The class.
    pub class: &'a ClassName,
    /// The record.
    pub record: RecordId,
    /// The version of the record that carries the value.
    pub version: u64,
    /// The field.
    pub field: &'a FieldName,
}

impl Place<'_> {
    /// The place as bytes: fixed lengths after the label, integers big-endian.
    pub(crate) fn context(&self, deployment: &[u8; 16]) -> Vec<u8> {
        [
            LABEL,
            deployment,
            self.tenant.bytes(),
            self.subject.bytes(),
            &[u8::from(self.statutory)],
            &name_hash::<4>(self.class.as_str()),
            &BUCKET.to_be_bytes(),
            &name_hash::<4>(self.field.as_str()),
            self.record.bytes(),
            &self.version.to_be_bytes(),
        ]
        .concat()
    }
}
