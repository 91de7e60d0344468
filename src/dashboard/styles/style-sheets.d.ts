/** Style sheets are imported for the builder's sake: it loads them with the part of the page that they belong to. */
declare module "*.css";
