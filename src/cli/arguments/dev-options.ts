/** What `stackcast dev` is asked for. */
export type DevOptions = Readonly<{
  port: number;
  speed: number;
  /** The AWS of this machine instead of the simulated one. */
  aws?: boolean;
  profile?: string;
  region?: string;
  allowDeploy?: boolean;
}>;
