//! Credentials: secrets of 256 random bits of which only the hash is stored, bound to tenant, role and purposes.

use std::collections::BTreeSet;

use jiff::Timestamp;
use obhut_core::{
    access::Caller,
    change::{AuditOutcome, AuditRecord, Change, Credential, CredentialKind, Operation},
    consent::ConsentKind,
    id::{ConsentName, CredentialId, PurposeName, RoleName, TenantId},
    model::{Acts, Cookie, Lang, Model},
    retention,
};

use crate::{Engine, Error, erase::ourselves, people::Declaration};

/// A log-in that is not remembered ends after this many hours without use, at the latest.
const SESSION_HOURS: i64 = 12;

/// The last use is written at most this often: it moves a period of months, not of seconds.
const TOUCH_MINUTES: i64 = 10;

/// What a new API key may do.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// The tenant it is bound to; none: the operator's.
    pub tenant: Option<TenantId>,
    /// The role.
    pub role: RoleName,
    /// The purposes it is limited to; none: those of its role.
    pub purposes: Option<BTreeSet<PurposeName>>,
    /// From when it is refused.
    pub expires: Option<Timestamp>,
}

/// A secret, shown once.
pub struct Secret(String);

impl Secret {
    /// The secret, to be handed to its owner and forgotten.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// A caller that proved who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// The caller.
    pub caller: Caller,
    /// The credential.
    pub credential: Credential,
}

impl Engine {
    /// Makes an API key. The secret is returned once and never stored.
    pub async fn create_key(&self, maker: &Caller, new: NewKey) -> Result<(CredentialId, Secret), Error> {
        let made_by = self.model.roles.get(&maker.role).map(|role| role.acts);
        if made_by != Some(Acts::Operator) && *maker != installer() {
            return Err(Error::NotFound);
        }
        let role = self.model.roles.get(&new.role).ok_or(Error::Unknown { kind: "role" })?;
        let fits = match role.acts {
            // A form collects for one tenant, never for any.
            Acts::Tenant => new.tenant.is_some_and(|tenant| tenant != TenantId::OPERATOR),
            Acts::Form => new.tenant.is_some(),
            Acts::Operator => new.tenant.is_none(),
            Acts::System => true,
        };
        if !fits {
            return Err(Error::Contradiction("a tenant's role needs a tenant, the operator's must not have one"));
        }
        if new.purposes.iter().flatten().any(|name| !self.model.purposes.contains_key(name)) {
            return Err(Error::Unknown { kind: "purpose" });
        }
        if let Some(tenant) = new.tenant {
            self.store.tenant(tenant).await?.ok_or(Error::NotFound)?;
        }
        self.add_credential(maker, CredentialKind::ApiKey, new).await
    }

    /// Logs a tenant's staff in with an API key: a new secret for the browser, which never holds the key itself. With
    /// `remember` (a declared consent) it lives as long as the policy says of the cookie, from its last use.
    pub async fn log_in(&self, key: &str, remember: Option<Lang>) -> Result<Option<(Authenticated, Secret)>, Error> {
        let Some(found) = self.authenticate(key).await? else { return Ok(None) };
        let (Some(tenant), CredentialKind::ApiKey) = (found.caller.tenant, found.credential.kind) else {
            return Ok(None);
        };
        let now = self.now();
        let kind = if remember.is_some() { CredentialKind::Remembered } else { CredentialKind::Session };
        let new = NewKey {
            tenant: Some(tenant),
            role: found.caller.role.clone(),
            purposes: found.caller.purposes.clone(),
            expires: expiry(&self.model, kind, now),
        };
        let asked = login_cookie(&self.model).and_then(|cookie| cookie.consent.as_ref());
        if let (Some(lang), Some(consent)) = (remember, asked) {
            self.declare_remembering(&found.caller, tenant, consent, lang).await?;
        }
        let (_, secret) = self.add_credential(&found.caller, kind, new).await?;
        let stored = self.authenticate(secret.expose()).await?;
        Ok(stored.map(|stored| (stored, secret)))
    }

    /// Ends a log-in or revokes a key.
    pub async fn revoke(&self, caller: &Caller, tenant: TenantId, credential: CredentialId) -> Result<(), Error> {
        let audit = AuditRecord { detail: "revoked".into(), ..self.audit(Operation::Credential, AuditOutcome::Done) };
        let mut batch = self.batch(tenant, self.now(), caller, audit);
        batch.changes.push(Change::DropCredential(credential));
        Ok(self.store.commit(batch).await?)
    }

    /// Who has this secret; none for an unknown, revoked or expired one. Only its hash is looked up, so the time it
    /// takes says nothing about how much of a guess was right.
    pub async fn authenticate(&self, secret: &str) -> Result<Option<Authenticated>, Error> {
        if !secret.starts_with("obh_") || secret.len() != 68 {
            return Ok(None);
        }
        let hash = obhut_keyring::sha256(secret.as_bytes());
        let Some((tenant, mut credential)) = self.store.credential(hash).await? else { return Ok(None) };
        let now = self.now();
        if credential.expires.is_some_and(|end| end <= now) {
            return Ok(None);
        }
        // A form collects for one tenant; one that is stored without any, for the operator's own people.
        let form = self.model.roles.get(&credential.role).is_some_and(|role| role.acts == Acts::Form);
        let caller = Caller {
            credential: Some(credential.id),
            tenant: credential.tenant.or(form.then_some(TenantId::OPERATOR)),
            role: credential.role.clone(),
            purposes: credential.purposes.clone(),
        };
        let idle = now.as_second() - credential.last_used.as_second();
        if idle >= TOUCH_MINUTES * 60 {
            credential.last_used = now;
            credential.expires = match credential.kind {
                CredentialKind::ApiKey => credential.expires,
                kind => expiry(&self.model, kind, now),
            };
            let audit = AuditRecord { detail: "used".into(), ..self.audit(Operation::Credential, AuditOutcome::Done) };
            let mut batch = self.batch(tenant, now, &caller, audit);
            batch.changes.push(Change::PutCredential(credential.clone()));
            self.store.commit(batch).await?;
        }
        Ok(Some(Authenticated { caller, credential }))
    }

    async fn add_credential(
        &self,
        maker: &Caller,
        kind: CredentialKind,
        new: NewKey,
    ) -> Result<(CredentialId, Secret), Error> {
        let now = self.now();
        let mut random = [0; 32];
        self.host.random.fill(&mut random);
        let secret = random.iter().fold(String::from("obh_"), |text, byte| format!("{text}{byte:02x}"));
        let credential = Credential {
            id: CredentialId::new(now, self.host.ten_bytes()),
            hash: obhut_keyring::sha256(secret.as_bytes()),
            kind,
            tenant: new.tenant,
            role: new.role,
            purposes: new.purposes,
            created: now,
            last_used: now,
            expires: new.expires,
        };
        let id = credential.id;
        let audit = AuditRecord { detail: "created".into(), ..self.audit(Operation::Credential, AuditOutcome::Done) };
        let mut batch = self.batch(new.tenant.unwrap_or(TenantId::OPERATOR), now, maker, audit);
        batch.changes.push(Change::PutCredential(credential));
        self.store.commit(batch).await?;
        Ok((id, Secret(secret)))
    }

    async fn declare_remembering(
        &self,
        caller: &Caller,
        tenant: TenantId,
        consent: &ConsentName,
        lang: Lang,
    ) -> Result<(), Error> {
        let account = self.store.tenant(tenant).await?.ok_or(Error::NotFound)?.account;
        let declaration = Declaration { consent: consent.clone(), kind: ConsentKind::Granted, lang };
        let form = self.model.consents.get(consent).map_or("", |consent| consent.asked_on.as_str());
        self.declare(caller, tenant, account, &declaration, form).await
    }
}

/// The caller that sets up a new installation, before there is any credential.
pub fn installer() -> Caller {
    ourselves()
}

/// The cookie of the log-in: the one that needs a consent and whose life is counted from its last use.
pub fn login_cookie(model: &Model) -> Option<&Cookie> {
    model
        .cookies
        .values()
        .find(|cookie| cookie.consent.is_some() && cookie.keep.rule().is_some() && cookie.host.is_none())
}

/// Until when a log-in used now is good: a remembered one as long as the policy says of its cookie.
fn expiry(model: &Model, kind: CredentialKind, now: Timestamp) -> Option<Timestamp> {
    let session = || Timestamp::from_second(now.as_second() + SESSION_HOURS * 3600).ok();
    if kind != CredentialKind::Remembered {
        return session();
    }
    let cookie = login_cookie(model)?;
    retention::lifetime_end(model, &cookie.keep, now).or_else(session)
}
