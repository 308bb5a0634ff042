//! The access decision: deny by default (Art. 5(1)(b), 6, 18, 25, 32 GDPR).
//!
//! [`decide`] is the only place that makes a [`Permit`], and a permit is the only thing that opens a sealed value. A
//! refusal carries every reason, and the anchor of the sentence of the notice that each follows from.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    consent::Consents,
    history::History,
    id::{
        Anchor, ClassName, ConsentName, CredentialId, EventName, FieldName, HoldName, PurposeName, RoleName, SubjectId,
        TenantId,
    },
    model::{Acts, Basis, Model},
    retention::Standing,
};

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The credential used; none for a job of our own.
    pub credential: Option<CredentialId>,
    /// The tenant it is bound to; none for the operator and for jobs.
    pub tenant: Option<TenantId>,
    /// The role it acts in.
    pub role: RoleName,
    /// The purposes it is limited to; none: those of its role.
    pub purposes: Option<BTreeSet<PurposeName>>,
}

impl Caller {
    /// Whether the caller may act in `tenant` at all. If not, everything in it is *not found* for him.
    pub fn may_enter(&self, model: &Model, tenant: TenantId) -> bool {
        match model.roles.get(&self.role).map(|role| role.acts) {
            Some(Acts::Tenant) => self.tenant == Some(tenant),
            Some(Acts::Operator | Acts::System) => self.tenant.is_none_or(|bound| bound == tenant),
            None => false,
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who.
    pub caller: &'a Caller,
    /// Whose tenant.
    pub tenant: TenantId,
    /// Which person.
    pub subject: SubjectId,
    /// Which class.
    pub class: &'a ClassName,
    /// For which purpose.
    pub purpose: &'a PurposeName,
}

/// What is known about the person and the record.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// What happened.
    pub history: &'a History,
    /// The person's consents.
    pub consents: &'a Consents,
    /// The standing of the record, from [`crate::retention::assess`].
    pub standing: &'a Standing,
    /// Whether the person's data is restricted (Art. 18).
    pub restricted: bool,
}

/// Leave to open the named fields of one class of one person for one purpose. Made by [`decide`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    tenant: TenantId,
    subject: SubjectId,
    class: ClassName,
    purpose: PurposeName,
    fields: Vec<FieldName>,
}

impl Permit {
    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The person.
    pub const fn subject(&self) -> SubjectId {
        self.subject
    }

    /// The class.
    pub const fn class(&self) -> &ClassName {
        &self.class
    }

    /// The purpose.
    pub const fn purpose(&self) -> &PurposeName {
        &self.purpose
    }

    /// The fields the purpose needs, in the order of the class.
    pub fn fields(&self) -> &[FieldName] {
        &self.fields
    }
}

/// One reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// The policy does not know the purpose.
    UnknownPurpose {
        /// As asked.
        purpose: PurposeName,
    },
    /// The policy does not know the class.
    UnknownClass {
        /// As asked.
        class: ClassName,
    },
    /// The purpose does not need this class.
    NotForThisData {
        /// The purpose.
        purpose: PurposeName,
        /// The class.
        class: ClassName,
    },
    /// The role does not act for this purpose.
    NotForThisRole {
        /// The purpose.
        purpose: PurposeName,
        /// The role.
        role: RoleName,
    },
    /// The credential is limited to other purposes.
    NotForThisCredential {
        /// The purpose.
        purpose: PurposeName,
    },
    /// The caller belongs to another tenant.
    OtherTenant,
    /// The event that opens the purpose has not happened.
    EventMissing {
        /// The purpose.
        purpose: PurposeName,
        /// The event.
        event: EventName,
    },
    /// The consent the purpose rests on is not given.
    ConsentMissing {
        /// The purpose.
        purpose: PurposeName,
        /// The consent.
        consent: ConsentName,
    },
    /// The data is restricted (Art. 18).
    Restricted,
    /// The data is kept for export only.
    ExportOnly,
    /// The data is kept on a consent that does not cover this purpose.
    KeptOnConsentOnly {
        /// The consent.
        consent: ConsentName,
    },
    /// The data is kept by a hold for its one purpose.
    Held {
        /// The hold.
        hold: HoldName,
    },
    /// The period is over: the data is about to be erased.
    PeriodOver,
}

impl Reason {
    /// The anchor of the sentence of the notice from which the reason follows.
    pub fn anchor(&self) -> Anchor {
        match self {
            Self::UnknownPurpose { .. } => Anchor::of("notice", "purposes"),
            Self::UnknownClass { .. } => Anchor::of("notice", "data"),
            Self::NotForThisData { purpose, .. }
            | Self::NotForThisRole { purpose, .. }
            | Self::NotForThisCredential { purpose }
            | Self::EventMissing { purpose, .. } => Anchor::of("purpose", purpose.as_str()),
            Self::OtherTenant => Anchor::of("notice", "access"),
            Self::ConsentMissing { consent, .. } | Self::KeptOnConsentOnly { consent } => {
                Anchor::of("consent", consent.as_str())
            }
            Self::Restricted => Anchor::of("notice", "rights"),
            Self::ExportOnly | Self::PeriodOver => Anchor::of("notice", "retention"),
            Self::Held { hold } => Anchor::of("hold", hold.as_str()),
        }
    }
}

/// A refusal: at least one reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the policy does not allow this: {reasons:?}")]
pub struct Refusal {
    /// All reasons, the most basic first.
    pub reasons: Vec<Reason>,
}

/// Decides whether the class may be opened for the purpose. Everything that is not allowed is refused.
pub fn decide(
    model: &Model,
    request: &Request<'_>,
    situation: &Situation<'_>,
    now: Timestamp,
) -> Result<Permit, Refusal> {
    let mut reasons = Vec::new();
    if !request.caller.may_enter(model, request.tenant) {
        reasons.push(Reason::OtherTenant);
    }
    let class = model.data.get(request.class);
    if class.is_none() {
        reasons.push(Reason::UnknownClass { class: request.class.clone() });
    }
    let Some(purpose) = model.purposes.get(request.purpose) else {
        reasons.push(Reason::UnknownPurpose { purpose: request.purpose.clone() });
        return Err(Refusal { reasons });
    };
    let name = || request.purpose.clone();

    if !purpose.data.contains(request.class) {
        reasons.push(Reason::NotForThisData { purpose: name(), class: request.class.clone() });
    }
    if !purpose.roles.contains(&request.caller.role) {
        reasons.push(Reason::NotForThisRole { purpose: name(), role: request.caller.role.clone() });
    }
    if request.caller.purposes.as_ref().is_some_and(|allowed| !allowed.contains(request.purpose)) {
        reasons.push(Reason::NotForThisCredential { purpose: name() });
    }
    if let Some(event) = purpose.requires.as_ref().filter(|event| !situation.history.has_happened(event, now)) {
        reasons.push(Reason::EventMissing { purpose: name(), event: event.clone() });
    }
    let rests_on = match &purpose.basis {
        Basis::Consent(consent) => Some(consent),
        _ => None,
    };
    if let Some(consent) = rests_on {
        let given = model
            .consents
            .get(consent)
            .and_then(|declared| situation.consents.given_since(consent, declared, now, &model.policy.zone));
        if given.is_none() {
            reasons.push(Reason::ConsentMissing { purpose: name(), consent: consent.clone() });
        }
    }
    if situation.restricted && !purpose.export {
        reasons.push(Reason::Restricted);
    }
    match situation.standing {
        Standing::Active => {}
        Standing::OnConsent { consent } if purpose.export || rests_on == Some(consent) => {}
        Standing::OnConsent { consent } => reasons.push(Reason::KeptOnConsentOnly { consent: consent.clone() }),
        Standing::ExportOnly | Standing::Restricted if purpose.export => {}
        Standing::ExportOnly => reasons.push(Reason::ExportOnly),
        Standing::Restricted => reasons.push(Reason::Restricted),
        Standing::Held { hold } => {
            if model.holds.get(hold).is_none_or(|held| held.purpose != *request.purpose) {
                reasons.push(Reason::Held { hold: hold.clone() });
            }
        }
        Standing::Due { .. } => reasons.push(Reason::PeriodOver),
    }

    match class {
        Some(class) if reasons.is_empty() => Ok(Permit {
            tenant: request.tenant,
            subject: request.subject,
            class: request.class.clone(),
            purpose: name(),
            fields: class
                .fields
                .iter()
                .filter(|field| purpose.fields.as_ref().is_none_or(|needed| needed.contains(field)))
                .cloned()
                .collect(),
        }),
        _ => Err(Refusal { reasons }),
    }
}
