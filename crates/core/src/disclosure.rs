//! To whom personal data may be handed: the gate before every disclosure (Art. 5(1)(a)(b), 13(1)(e), 15(1)(c) GDPR).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    consent::Consents,
    id::{Anchor, AudienceName, ClassName, ConsentName, CredentialId, RecipientName},
    model::{Model, Others, RecipientKind},
};

/// On what ground data is to be handed to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ground", rename_all = "kebab-case")]
pub enum Ground {
    /// To a recipient the policy lists, in its ordinary work.
    Listed {
        /// Which one.
        recipient: RecipientName,
    },
    /// To somebody the policy does not list, because the person explicitly agreed.
    Agreement {
        /// Who gets it.
        to: String,
    },
    /// To an authority, on its demand.
    Demand {
        /// The listed recipient of kind authority.
        recipient: RecipientName,
        /// Which authority.
        authority: String,
        /// Its file number.
        file_number: String,
        /// The provision it relies on.
        legal_ground: String,
        /// Who approved it.
        approvals: BTreeSet<CredentialId>,
    },
}

/// Why data may not be handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Refusal {
    /// The policy does not list the recipient.
    #[error("the notice does not list this recipient")]
    UnknownRecipient,
    /// The recipient does not get this class.
    #[error("the notice does not name this data for this recipient")]
    NotThisData {
        /// The recipient.
        recipient: RecipientName,
        /// The class.
        class: ClassName,
    },
    /// The audience was promised that nobody else gets its data.
    #[error("the notice promises that nobody else gets this data")]
    Never {
        /// The audience.
        audience: AudienceName,
    },
    /// The person has not agreed.
    #[error("the person has not agreed to this disclosure")]
    NotAgreed {
        /// The consent that is missing.
        consent: ConsentName,
    },
    /// A demand lacks the authority, the file number or the provision, or does not come from an authority.
    #[error("a demand needs an authority, its file number and the legal ground")]
    DemandIncomplete,
    /// Too few people approved.
    #[error("{given} of {needed} approvals")]
    ApprovalsMissing {
        /// How many different people must approve.
        needed: u8,
        /// How many did.
        given: usize,
    },
}

impl Refusal {
    /// The sentence of the notice from which the refusal follows.
    pub fn anchor(&self) -> Anchor {
        match self {
            Self::NotThisData { recipient, .. } => Anchor::of("recipient", recipient.as_str()),
            Self::NotAgreed { consent } => Anchor::of("consent", consent.as_str()),
            Self::Never { audience } => Anchor::of("disclosure", audience.as_str()),
            _ => Anchor::of("notice", "recipients"),
        }
    }
}

/// Whether `classes` of a person of `audience` may be handed over on this ground.
pub fn decide(
    model: &Model,
    audience: &AudienceName,
    classes: &[ClassName],
    ground: &Ground,
    consents: &Consents,
    now: Timestamp,
) -> Result<(), Refusal> {
    let listed = |name: &RecipientName| {
        let recipient = model.recipients.get(name).ok_or(Refusal::UnknownRecipient)?;
        match classes.iter().find(|class| !recipient.data.contains(class)) {
            Some(class) => Err(Refusal::NotThisData { recipient: name.clone(), class: class.clone() }),
            None => Ok(recipient),
        }
    };
    match ground {
        Ground::Listed { recipient } => match listed(recipient)?.kind {
            RecipientKind::Authority => Err(Refusal::DemandIncomplete),
            _ => Ok(()),
        },
        Ground::Agreement { .. } => match model.disclosure.others.get(audience) {
            None | Some(Others::Never) => Err(Refusal::Never { audience: audience.clone() }),
            Some(Others::WithConsent(name)) => {
                let given = model
                    .consents
                    .get(name)
                    .and_then(|consent| consents.given_since(name, consent, now, &model.policy.zone));
                given.map(|_| ()).ok_or_else(|| Refusal::NotAgreed { consent: name.clone() })
            }
        },
        Ground::Demand { recipient, authority, file_number, legal_ground, approvals } => {
            let recipient = listed(recipient)?;
            let stated = [authority, file_number, legal_ground].iter().all(|text| !text.trim().is_empty());
            if recipient.kind != RecipientKind::Authority || !stated {
                return Err(Refusal::DemandIncomplete);
            }
            if approvals.len() < usize::from(recipient.approvals) {
                return Err(Refusal::ApprovalsMissing { needed: recipient.approvals, given: approvals.len() });
            }
            Ok(())
        }
    }
}
