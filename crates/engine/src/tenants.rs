//! Tenants: opened by the operator, ended by the event the policy names.

use std::collections::BTreeMap;

use obhut_core::{
    access::Caller,
    change::{Change, Tenant, TenantState},
    id::{ClassName, FieldName, PurposeName, SubjectId, TenantId},
    model::{Acts, PolicyHash},
};

use crate::{Engine, Error, people::Submission};

/// A tenant to be opened.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// The name under which it is controller.
    pub name: String,
    /// The purpose for which its own data is collected.
    pub purpose: PurposeName,
    /// Its own data, by class and field.
    pub values: BTreeMap<ClassName, BTreeMap<FieldName, String>>,
    /// The version of the notice it was shown.
    pub notice: PolicyHash,
}

impl Engine {
    /// Opens a tenant with its account, in one batch. Only the operator's staff may.
    pub async fn open_tenant(&self, caller: &Caller, new: &NewTenant) -> Result<Tenant, Error> {
        if self.model.roles.get(&caller.role).is_none_or(|role| role.acts != Acts::Operator) {
            return Err(Error::NotFound);
        }
        let now = self.now();
        let tenant = Tenant {
            id: TenantId::new(now, self.host.ten_bytes()),
            name: new.name.clone(),
            state: TenantState::Active,
            account: SubjectId::new(now, self.host.ten_bytes()),
            created: now,
        };
        let submission = Submission {
            subject: Some(tenant.account),
            purpose: new.purpose.clone(),
            values: new.values.clone(),
            facts: [].into(),
            choice: None,
            events: Vec::new(),
            declarations: Vec::new(),
            notice: new.notice,
            origin: "tenant-opening".into(),
        };
        self.submit_to(caller, &tenant, &submission, Some(Change::AddTenant(tenant.clone()))).await?;
        Ok(tenant)
    }

    /// Ends a tenant: reports the event that the policy names for it and acts on what follows at once. The tenant's
    /// staff may end their own, the operator's staff any.
    pub async fn end_tenant(&self, caller: &Caller, tenant: TenantId) -> Result<(), Error> {
        let found = self.enter(caller, tenant).await?;
        if tenant == TenantId::OPERATOR {
            return Err(Error::NotFound);
        }
        if found.state != TenantState::Active {
            return Err(Error::TenantEnded);
        }
        let acts = self.model.roles.get(&caller.role).map(|role| role.acts);
        if !matches!(acts, Some(Acts::Tenant | Acts::Operator)) {
            return Err(Error::NotFound);
        }
        let event = self.model.tenant_end().ok_or(Error::Unknown { kind: "event that ends a tenant" })?.clone();
        self.report_event(caller, tenant, found.account, None, &event, None).await?;
        self.sweep_person(tenant, found.account).await?;
        self.destroy_doomed_keys().await
    }
}
