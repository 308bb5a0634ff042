//! Who may write to whom, and why: the gate every outgoing message passes.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    consent::Consents,
    id::{Anchor, AudienceName, ChannelName, ConsentName, PurposeName},
    model::{Basis, Model, Sender},
};

/// Why a message may not be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Refusal {
    /// Nobody may write to this audience.
    #[error("the notice names nobody who may write to this audience")]
    NoChannel {
        /// The audience.
        audience: AudienceName,
    },
    /// Not this sender.
    #[error("the notice does not let this sender write to this audience")]
    NotThisSender {
        /// The channel that others may use.
        channel: ChannelName,
    },
    /// Not for this purpose.
    #[error("the notice does not let anyone write to this audience for this purpose")]
    NotThisPurpose {
        /// The channel.
        channel: ChannelName,
        /// The purpose.
        purpose: PurposeName,
    },
    /// The purpose rests on a consent that the person has not given.
    #[error("the person has not consented to messages for this purpose")]
    NotAgreed {
        /// The consent that is missing.
        consent: ConsentName,
    },
}

impl Refusal {
    /// The sentence of the notice from which the refusal follows.
    pub fn anchor(&self) -> Anchor {
        match self {
            Self::NotAgreed { consent } => Anchor::of("consent", consent.as_str()),
            Self::NoChannel { .. } => Anchor::of("notice", "messages"),
            Self::NotThisSender { channel } | Self::NotThisPurpose { channel, .. } => {
                Anchor::of("message", channel.as_str())
            }
        }
    }
}

/// The channel by which `sender` may write to `audience` for `purpose`; deny by default.
pub fn decide(
    model: &Model,
    sender: Sender,
    audience: &AudienceName,
    purpose: &PurposeName,
) -> Result<ChannelName, Refusal> {
    let mut refusal = Refusal::NoChannel { audience: audience.clone() };
    for (name, channel) in model.messages.iter().filter(|(_, channel)| channel.audience == *audience) {
        if !channel.from.contains(&sender) {
            refusal = Refusal::NotThisSender { channel: name.clone() };
        } else if !channel.purposes.contains(purpose) {
            refusal = Refusal::NotThisPurpose { channel: name.clone(), purpose: purpose.clone() };
        } else {
            return Ok(name.clone());
        }
    }
    Err(refusal)
}

/// Whether the person has agreed to messages for `purpose`, where it rests on a consent.
pub fn agreed(model: &Model, purpose: &PurposeName, consents: &Consents, now: Timestamp) -> Result<(), Refusal> {
    let Some(Basis::Consent(name)) = model.purposes.get(purpose).map(|purpose| &purpose.basis) else { return Ok(()) };
    let declared = model.consents.get(name);
    let given = declared.and_then(|consent| consents.given_since(name, consent, now, &model.policy.zone));
    given.map(|_| ()).ok_or_else(|| Refusal::NotAgreed { consent: name.clone() })
}
