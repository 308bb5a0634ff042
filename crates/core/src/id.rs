//! Typed ids (16 bytes, from *our* clock and randomness) and typed names (the short ids of the policy file).
//!
//! Using one `Uuid` or one `String` for all of them risks mixing up the kinds; here the compiler refuses.

use std::{borrow::Borrow, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text given for an id does not have the form `prefix_` + 32 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind: expected `{prefix}_` and 32 hexadecimal digits")]
pub struct InvalidId {
    prefix: &'static str,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// The prefix of the text form.
            pub const PREFIX: &'static str = $prefix;

            /// An id (UUID version 7, RFC 9562) from an instant and ten random bytes; ids sort by their instant.
            pub fn new(at: jiff::Timestamp, random: [u8; 10]) -> Self {
                let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
            }

            /// The id with exactly these bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The 16 bytes of the id, as they are stored and bound into sealed messages.
            pub const fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.as_simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|hex| hex.len() == 32)
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or(InvalidId { prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A tenant: the controller whose people's data is processed for him.
    TenantId = "ten";
    /// A person in one tenant (the data subject, Art. 4(1) GDPR). The same human at two tenants is two subjects.
    SubjectId = "sub";
    /// One record of one data class about one subject.
    RecordId = "rec";
    /// One committed batch.
    BatchId = "bat";
    /// A credential of a caller (an API key, a remembered log-in).
    CredentialId = "key";
    /// A message in the outbox.
    MessageId = "msg";
    /// An entry of the disclosure register.
    DisclosureId = "dis";
    /// A receipt: the content-free proof that something was erased.
    ReceiptId = "rcp";
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as written in the policy file.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.into())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }
    )*};
}

names! {
    /// `[audience.X]`: a group of people the notice addresses.
    AudienceName;
    /// `[data.X]`: a data class.
    ClassName;
    /// One field of a data class.
    FieldName;
    /// `[purpose.X]`.
    PurposeName;
    /// `[consent.X]`.
    ConsentName;
    /// `[event."a.b"]`: what starts or cancels a period.
    EventName;
    /// `[retain.X]`: a retention rule.
    RetentionName;
    /// `[hold.X]`.
    HoldName;
    /// `[role.X]`.
    RoleName;
    /// `[recipient.X]`.
    RecipientName;
    /// `[message.X]`.
    ChannelName;
    /// `[cookie.X]`.
    CookieName;
    /// `[service.X]`.
    ServiceName;
    /// `[log.X]`.
    LogName;
    /// `[place.X]`.
    PlaceName;
    /// `[identity.X]`.
    IdentityName;
    /// `[measure.X]`.
    MeasureName;
    /// `[jurisdiction.X]`.
    JurisdictionName;
    /// A topic of messages that a person can choose.
    TopicName;
    /// A fact about a record that `when` conditions ask for (`contract`, `not contract`).
    FactName;
    /// The anchor of one sentence of the notice, for example `retain.shopper`: `prove` reports on it, refusals name it.
    Anchor;
}

impl Anchor {
    /// The anchor of an entry of the policy file: the table's kind and the entry's name.
    pub fn of(kind: &str, name: &str) -> Self {
        Self(format!("{kind}.{name}").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_round_trips_and_refuses_other_kinds() {
        let at = "2026-02-01T00:00:00Z".parse().unwrap();
        let id = SubjectId::new(at, [7; 10]);
        assert_eq!(id.to_string().parse::<SubjectId>(), Ok(id));
        assert!(id.to_string().replace("sub", "ten").parse::<SubjectId>().is_err());
        assert!("sub_".parse::<SubjectId>().is_err());
        assert!("sub_é".parse::<SubjectId>().is_err());
    }

    #[test]
    fn ids_sort_by_their_instant() {
        let early = RecordId::new("2026-02-01T00:00:00Z".parse().unwrap(), [255; 10]);
        let late = RecordId::new("2026-02-01T00:00:01Z".parse().unwrap(), [0; 10]);
        assert!(early < late);
    }
}
