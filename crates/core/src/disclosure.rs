//! To whom personal data may be handed: the gate before every disclosure (Art. 5(1)(a)(b), 13(1)(e), 15(1)(c) GDPR).
//!
//! There is no ground on which data is sold, rented or traded: what cannot be said cannot be done.

use std::collections::BTreeSet;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    consent::Consents,
    id::{Anchor, AudienceName, ClassName, ConsentName, CredentialId, FieldName, PurposeName, RecipientName},
    model::{DisclosureGround, Model, Others, Recipient, RecipientKind},
};

/// On what ground data is to be handed to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ground", rename_all = "kebab-case")]
pub enum Ground {
    /// To a recipient the policy lists, in its ordinary work.
    Listed {
        /// Which one.
        recipient: RecipientName,
        /// For which purpose; needed where the recipient gets data for some purposes only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        purpose: Option<PurposeName>,
        /// Who approved it, where that is needed.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        approvals: BTreeSet<CredentialId>,
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

impl Ground {
    /// To a listed recipient, where neither a purpose nor an approval is asked for.
    pub fn listed(recipient: impl Into<RecipientName>) -> Self {
        Self::Listed { recipient: recipient.into(), purpose: None, approvals: BTreeSet::new() }
    }
}

/// What may leave: of each class these fields.
pub type Released = Vec<(ClassName, Vec<FieldName>)>;

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
    /// The recipient does not get data for this purpose, or a purpose must be named.
    #[error("the notice does not name this purpose for this recipient")]
    NotThisPurpose {
        /// The recipient.
        recipient: RecipientName,
    },
    /// The agreement with the recipient ended (Art. 28(3)).
    #[error("the agreement with this recipient has ended")]
    AgreementEnded {
        /// The recipient.
        recipient: RecipientName,
        /// Its last day.
        on: Date,
    },
    /// The transfer instrument for the third country ended (Art. 46).
    #[error("the safeguard for this recipient's country has ended")]
    SafeguardEnded {
        /// The recipient.
        recipient: RecipientName,
        /// Its last day.
        on: Date,
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
            Self::NotThisData { recipient, .. }
            | Self::NotThisPurpose { recipient }
            | Self::AgreementEnded { recipient, .. }
            | Self::SafeguardEnded { recipient, .. } => Anchor::of("recipient", recipient.as_str()),
            Self::NotAgreed { consent } => Anchor::of("consent", consent.as_str()),
            Self::Never { audience } => Anchor::of("disclosure", audience.as_str()),
            _ => Anchor::of("notice", "recipients"),
        }
    }
}

/// Whether `classes` of a person of `audience` may be handed over on this ground, and which of their fields.
pub fn decide(
    model: &Model,
    audience: &AudienceName,
    classes: &[ClassName],
    ground: &Ground,
    consents: &Consents,
    now: Timestamp,
) -> Result<Released, Refusal> {
    let given = |name: &ConsentName| {
        let given =
            model.consents.get(name).and_then(|consent| consents.given_since(name, consent, now, &model.policy.zone));
        given.map(|_| ()).ok_or_else(|| Refusal::NotAgreed { consent: name.clone() })
    };
    match ground {
        Ground::Listed { recipient: name, purpose, approvals } => {
            let recipient = listed(model, name, classes, now)?;
            if recipient.kind == RecipientKind::Authority {
                return Err(Refusal::DemandIncomplete);
            }
            let named = |purpose: &PurposeName| recipient.purposes.contains(purpose);
            if !recipient.purposes.is_empty() && !purpose.as_ref().is_some_and(named) {
                return Err(Refusal::NotThisPurpose { recipient: name.clone() });
            }
            if let Some(DisclosureGround::Consent(consent)) = &recipient.ground {
                given(consent)?;
            }
            approved(recipient, approvals)?;
            released(model, name, recipient, classes)
        }
        Ground::Agreement { .. } => match model.disclosure.others.get(audience) {
            None | Some(Others::Never) => Err(Refusal::Never { audience: audience.clone() }),
            Some(Others::WithConsent(name)) => {
                given(name)?;
                let whole = |class: &ClassName| Some((class.clone(), model.data.get(class)?.fields.clone()));
                Ok(classes.iter().filter_map(whole).collect())
            }
        },
        Ground::Demand { recipient: name, authority, file_number, legal_ground, approvals } => {
            let recipient = listed(model, name, classes, now)?;
            let stated = [authority, file_number, legal_ground].iter().all(|text| !text.trim().is_empty());
            if recipient.kind != RecipientKind::Authority || !stated {
                return Err(Refusal::DemandIncomplete);
            }
            approved(recipient, approvals)?;
            released(model, name, recipient, classes)
        }
    }
}

/// The recipient, if the policy lists it for all these classes and what it rests on has not ended.
fn listed<'m>(
    model: &'m Model,
    name: &RecipientName,
    classes: &[ClassName],
    now: Timestamp,
) -> Result<&'m Recipient, Refusal> {
    let recipient = model.recipients.get(name).ok_or(Refusal::UnknownRecipient)?;
    if let Some(class) = classes.iter().find(|class| !recipient.data.contains(class)) {
        return Err(Refusal::NotThisData { recipient: name.clone(), class: class.clone() });
    }
    // The last day counts as a whole, on the calendar of the policy.
    let today = now.to_zoned(model.policy.zone.clone()).date();
    let ended = |until: Option<Date>| until.filter(|last| *last < today);
    if let Some(on) = ended(recipient.agreement_until) {
        return Err(Refusal::AgreementEnded { recipient: name.clone(), on });
    }
    if let Some(on) = ended(recipient.safeguard.as_ref().and_then(|safeguard| safeguard.until)) {
        return Err(Refusal::SafeguardEnded { recipient: name.clone(), on });
    }
    Ok(recipient)
}

fn approved(recipient: &Recipient, approvals: &BTreeSet<CredentialId>) -> Result<(), Refusal> {
    if approvals.len() < usize::from(recipient.approvals) {
        return Err(Refusal::ApprovalsMissing { needed: recipient.approvals, given: approvals.len() });
    }
    Ok(())
}

/// The fields of the classes that the recipient gets. A class of which it gets none is not this recipient's.
fn released(
    model: &Model,
    name: &RecipientName,
    recipient: &Recipient,
    classes: &[ClassName],
) -> Result<Released, Refusal> {
    let gets = |field: &&FieldName| recipient.fields.as_ref().is_none_or(|fields| fields.contains(field));
    let of_class = |class: &ClassName| {
        let fields: Vec<_> =
            model.data.get(class).map(|class| class.fields.iter().filter(gets).cloned().collect()).unwrap_or_default();
        if fields.is_empty() && recipient.fields.is_some() {
            return Err(Refusal::NotThisData { recipient: name.clone(), class: class.clone() });
        }
        Ok((class.clone(), fields))
    };
    classes.iter().map(of_class).collect()
}
