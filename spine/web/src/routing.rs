//! The ways to an address: `get(read).merge(post(write))`.
//!
//! axum compiles a dozen functions and more for the type of each handler that a route is given. The handlers of programmes lose their
//! type here first, so that these are compiled once for each state, and not again for each of four hundred addresses.

use std::{pin::Pin, sync::Arc};

use axum::{
    extract::Request,
    handler::Handler,
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler of which no more is known than that it answers a request.
struct Erased<S>(Arc<dyn Fn(Request, S) -> Answering + Send + Sync>);

impl<S> Clone for Erased<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: 'static> Handler<(), S> for Erased<S> {
    type Future = Answering;

    fn call(self, request: Request, state: S) -> Answering {
        (self.0)(request, state)
    }
}

fn erased<H, T, S>(handler: H) -> Erased<S>
where
    H: Handler<T, S>,
    S: 'static,
{
    Erased(Arc::new(move |request, state| Box::pin(handler.clone().call(request, state))))
}

macro_rules! ways {
    ($($name:ident $filter:ident $method:literal)*) => {$(
        #[doc = concat!("Answers ", $method, " requests with `handler`.")]
        pub fn $name<H, T, S>(handler: H) -> MethodRouter<S>
        where
            H: Handler<T, S>,
            S: Clone + Send + Sync + 'static,
        {
            on(MethodFilter::$filter, erased(handler))
        }
    )*};
}

ways! {
    get GET "GET"
    post POST "POST"
    put PUT "PUT"
    delete DELETE "DELETE"
}
