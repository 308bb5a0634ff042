//! Going through everybody, page by page: the operator's own people, then those of each tenant.

use std::collections::VecDeque;

use obhut_core::id::{AudienceName, SubjectId, TenantId};
use obhut_store::{Store, StoreError, SubjectSnapshot};

/// How many tenants or people are loaded in one step.
const PAGE: usize = 500;

/// A walk through the people of some audiences. What is added behind the present place is met, what is added before it
/// is not.
pub(crate) struct Everybody<'a> {
    store: &'a dyn Store,
    audiences: Vec<&'a AudienceName>,
    /// Tenants that were loaded and not begun.
    tenants: VecDeque<TenantId>,
    /// The last tenant that was loaded.
    loaded: Option<TenantId>,
    /// Where the walk is: the tenant, the place of the audience, the last person.
    at: (TenantId, usize, Option<SubjectId>),
}

impl<'a> Everybody<'a> {
    /// A walk at its start.
    pub(crate) fn of(store: &'a dyn Store, audiences: impl IntoIterator<Item = &'a AudienceName>) -> Self {
        Self {
            store,
            audiences: audiences.into_iter().collect(),
            tenants: VecDeque::new(),
            loaded: None,
            at: (TenantId::OPERATOR, 0, None),
        }
    }

    /// The next people, all of one tenant and one audience; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<(TenantId, Vec<SubjectSnapshot>)>, StoreError> {
        loop {
            let (tenant, place, after) = self.at;
            if let Some(audience) = self.audiences.get(place) {
                let page = self.store.subjects(tenant, audience, after, PAGE).await?;
                match page.last() {
                    Some(last) => {
                        self.at = (tenant, place, Some(last.subject.id));
                        return Ok(Some((tenant, page)));
                    }
                    None => self.at = (tenant, place + 1, None),
                }
                continue;
            }
            if self.tenants.is_empty() {
                let page = self.store.tenants(self.loaded, PAGE).await?;
                self.loaded = page.last().map(|tenant| tenant.id).or(self.loaded);
                self.tenants.extend(page.iter().map(|tenant| tenant.id));
            }
            match self.tenants.pop_front() {
                Some(tenant) => self.at = (tenant, 0, None),
                None => return Ok(None),
            }
        }
    }
}
