/**
 * To be imported before everything else. Outside production graphql checks at every value whether two copies of it are
 * in use, which is a quarter of the CPU of a page; so whoever starts an endpoint plainly gets the quick one.
 */
process.env.NODE_ENV ??= 'production';
