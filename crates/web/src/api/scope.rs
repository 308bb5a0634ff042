//! Whose people a caller may act on, where no purpose decides it.

use obhut_core::{
    access::Caller,
    id::{SubjectId, TenantId},
    model::{Acts, Relation},
};

use super::problem::Fault;
use crate::App;

/// The operator's staff act on the operator's own people. A tenant's people do not exist for them: for those the
/// tenant is the controller, and its staff and programs act.
pub(super) async fn own_people(app: &App, caller: &Caller, tenant: TenantId, person: SubjectId) -> Result<(), Fault> {
    let model = app.engine.model();
    if model.roles.get(&caller.role).map(|role| role.acts) != Some(Acts::Operator) {
        return Ok(());
    }
    let found = app.engine.store().subject(tenant, person).await?.ok_or_else(Fault::not_found)?;
    let relation = model.audiences.get(&found.subject.audience).map(|audience| audience.relation);
    match relation {
        None | Some(Relation::SubjectOfTenant) => Err(Fault::not_found()),
        Some(_) => Ok(()),
    }
}
