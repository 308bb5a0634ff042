//! Why a use case did not do what it was asked.

use obhut_core::{access, contact, disclosure, id::FieldName};
use obhut_keyring::KeyringError;
use obhut_store::{CommitError, StoreError};

use crate::erase::Stay;

/// Why a use case did not do what it was asked. No variant carries a personal value.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or not for this caller: both look the same.
    #[error("not found")]
    NotFound,
    /// The tenant has ended; nothing can be written any more.
    #[error("the business relationship of this tenant has ended")]
    TenantEnded,
    /// The policy refuses it.
    #[error(transparent)]
    Refused(#[from] access::Refusal),
    /// The policy refuses the message.
    #[error(transparent)]
    Contact(#[from] contact::Refusal),
    /// The policy refuses the disclosure.
    #[error(transparent)]
    Disclosure(#[from] disclosure::Refusal),
    /// The notice that was shown is not the one in force.
    #[error("the submission does not refer to the notice in force")]
    OtherNotice,
    /// A name the policy does not know.
    #[error("the policy knows no {kind} of this name")]
    Unknown {
        /// Event, consent, role and so on.
        kind: &'static str,
    },
    /// A value cannot be what it says it is.
    #[error("`{field}`: {problem}")]
    Invalid {
        /// The field.
        field: FieldName,
        /// What is wrong; never the value.
        problem: &'static str,
    },
    /// The request contradicts itself.
    #[error("{0}")]
    Contradiction(&'static str),
    /// Nothing was there to erase, or all of it has to stay. An erasure that touches nothing is not a success.
    #[error("nothing was erased")]
    NothingErased {
        /// What stays, and why.
        stays: Vec<Stay>,
    },
    /// The commit failed.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keyring failed.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
}
