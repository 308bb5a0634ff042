//! How the vocabulary lies in columns: ids as 16 bytes, instants as microseconds, names as text, lists as JSON.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use obhut_core::{
    change::{AuditOutcome, Cause, CredentialKind, KeySlot, Operation},
    consent::ConsentKind,
    disclosure::Ground,
    id::{
        AudienceName, BatchId, ChannelName, ClassName, ConsentName, CredentialId, DisclosureId, EventName, FactName,
        FieldName, HoldName, MessageId, PurposeName, ReceiptId, RecordId, RetentionName, RoleName, SubjectId, TenantId,
    },
    model::{Action, Lang, PolicyHash, Sender},
    period::Period,
};
use rusqlite::{
    Row, ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};

/// A type with a place in a column. A trait of our own, since neither the types nor `ToSql` belong to this crate.
pub(super) trait Column: Sized {
    /// The value as SQLite takes it.
    fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>>;

    /// The value that lies in the column.
    fn load(value: ValueRef<'_>) -> FromSqlResult<Self>;
}

/// A parameter of a statement.
pub(super) struct In<'a, T>(pub(super) &'a T);

impl<T: Column> ToSql for In<'_, T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.store()
    }
}

/// The value of a column of a result.
pub(super) fn get<T: Column>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let value = row.get_ref(index)?;
    T::load(value).map_err(|error| rusqlite::Error::FromSqlConversionFailure(index, value.data_type(), Box::new(error)))
}

impl<T: Column> Column for Option<T> {
    fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.as_ref().map_or(Ok(ToSqlOutput::Borrowed(ValueRef::Null)), Column::store)
    }

    fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
        if matches!(value, ValueRef::Null) { Ok(None) } else { T::load(value).map(Some) }
    }
}

macro_rules! ids {
    ($($name:ty),*) => {$(
        impl Column for $name {
            fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Blob(self.bytes())))
            }

            fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
                <[u8; 16]>::column_result(value).map(Self::from_bytes)
            }
        }
    )*};
}
ids!(TenantId, SubjectId, RecordId, BatchId, CredentialId, MessageId, DisclosureId, ReceiptId);

macro_rules! names {
    ($($name:ty),*) => {$(
        impl Column for $name {
            fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.as_str().as_bytes())))
            }

            fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
                value.as_str().map(Self::from)
            }
        }
    )*};
}
names!(
    AudienceName,
    ChannelName,
    ClassName,
    ConsentName,
    EventName,
    FieldName,
    HoldName,
    PurposeName,
    RetentionName,
    RoleName
);

/// Words of a closed list, as the same word that JSON has for them.
macro_rules! words {
    ($($name:ty),*) => {$(
        impl Column for $name {
            fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                match serde_json::to_value(self) {
                    Ok(serde_json::Value::String(word)) => Ok(word.into()),
                    Ok(_) => Err(rusqlite::Error::ToSqlConversionFailure("not a word".into())),
                    Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
                }
            }

            fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let word = serde_json::Value::String(value.as_str()?.to_owned());
                serde_json::from_value(word).map_err(FromSqlError::other)
            }
        }
    )*};
}
words!(Action, AuditOutcome, Cause, ConsentKind, CredentialKind, Lang, Operation, Sender);

/// What has parts, as JSON.
macro_rules! json {
    ($($name:ty),*) => {$(
        impl Column for $name {
            fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                match serde_json::to_string(self) {
                    Ok(text) => Ok(text.into()),
                    Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
                }
            }

            fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
                serde_json::from_str(value.as_str()?).map_err(FromSqlError::other)
            }
        }
    )*};
}
json!(Vec<ClassName>, Vec<FieldName>, BTreeSet<FactName>, BTreeSet<PurposeName>, Ground, Period, Vec<(String, String)>);

impl Column for Timestamp {
    fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_microsecond().into())
    }

    fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Self::from_microsecond(value.as_i64()?).map_err(FromSqlError::other)
    }
}

impl Column for Date {
    fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.to_string().into())
    }

    fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_str()?.parse().map_err(FromSqlError::other)
    }
}

impl Column for PolicyHash {
    fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Blob(&self.0)))
    }

    fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
        <[u8; 32]>::column_result(value).map(Self)
    }
}

impl Column for KeySlot {
    fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::from(self.0).into())
    }

    fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let slot = value.as_i64()?;
        u32::try_from(slot).map(Self).map_err(|_| FromSqlError::OutOfRange(slot))
    }
}

impl Column for u64 {
    fn store(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match i64::try_from(*self) {
            Ok(number) => Ok(number.into()),
            Err(error) => Err(rusqlite::Error::ToSqlConversionFailure(error.into())),
        }
    }

    fn load(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let number = value.as_i64()?;
        Self::try_from(number).map_err(|_| FromSqlError::OutOfRange(number))
    }
}

/// The limit of a page as SQLite takes it.
pub(super) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
