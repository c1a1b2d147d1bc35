import { XmlList, type XmlValue } from '../query-protocol.ts';
import { AwsError, type Call } from '../service.ts';
import type { House } from './house.ts';
import { versions } from './house.ts';
import { type Params, text } from './params.ts';

type Answer = { readonly [name: string]: XmlValue };

const classes = ['db.t4g.micro', 'db.t4g.small', 'db.t4g.medium', 'db.t4g.large', 'db.m6g.large', 'db.m6g.xlarge', 'db.r6g.large'];

/** What the region has to offer: classes, versions, networks. */
export function describeOffers(house: House, call: Call, params: Params): Answer | undefined {
  switch (call.action) {
    case 'DescribeOrderableDBInstanceOptions': {
      const wanted = classes.filter((name) => params.DBInstanceClass === undefined || name === params.DBInstanceClass);
      const options = wanted.flatMap((DBInstanceClass) =>
        ['gp2', 'gp3', 'io1']
          .filter((storage) => !house.circumstances.unsupportedStorage.has(`${DBInstanceClass} ${storage}`))
          .map((StorageType) => ({
            Engine: text(params.Engine),
            EngineVersion: params.EngineVersion === undefined ? versions[15] : text(params.EngineVersion),
            DBInstanceClass,
            StorageType,
            LicenseModel: 'postgresql-license',
            Vpc: true,
          })),
      );
      const { page, marker } = house.page(options, params);
      return { OrderableDBInstanceOptions: new XmlList('OrderableDBInstanceOption', page), Marker: marker };
    }
    case 'DescribeDBEngineVersions': {
      const all = Object.entries(versions)
        .filter(([, version]) => params.EngineVersion === undefined || params.EngineVersion === version)
        .map(([major, EngineVersion]) => ({ Engine: text(params.Engine ?? 'postgres'), EngineVersion, DBParameterGroupFamily: `postgres${major}` }));
      const { page, marker } = house.page(all, params);
      return { DBEngineVersions: new XmlList('DBEngineVersion', page), Marker: marker };
    }
    case 'DescribeDBParameterGroups': {
      const name = house.parameterGroup(params.DBParameterGroupName, 'default.postgres15');
      return { DBParameterGroups: new XmlList('DBParameterGroup', [{ DBParameterGroupName: name, DBParameterGroupFamily: familyOf(house, name) }]) };
    }
    case 'DescribeDBClusterParameterGroups': {
      const name = house.parameterGroup(params.DBClusterParameterGroupName, 'default.aurora-postgresql15');
      return {
        DBClusterParameterGroups: new XmlList('DBClusterParameterGroup', [
          { DBClusterParameterGroupName: name, DBParameterGroupFamily: familyOf(house, name) },
        ]),
      };
    }
    case 'DescribeDBSubnetGroups': {
      if (params.DBSubnetGroupName !== undefined && !house.circumstances.subnetGroups.has(text(params.DBSubnetGroupName)))
        throw new AwsError('DBSubnetGroupNotFoundFault', `DB subnet group '${text(params.DBSubnetGroupName)}' does not exist.`, 404);
      const all = [...house.circumstances.subnetGroups.keys()]
        .filter((name) => params.DBSubnetGroupName === undefined || name === params.DBSubnetGroupName)
        .map((name) => ({
          DBSubnetGroupName: name,
          VpcId: 'vpc-1',
          SubnetGroupStatus: 'Complete',
          Subnets: new XmlList(
            'Subnet',
            ['a', 'b'].map((zone) => ({
              SubnetIdentifier: `subnet-${name}-${zone}`,
              SubnetAvailabilityZone: { Name: `${call.region}${zone}` },
              SubnetStatus: 'Active',
            })),
          ),
        }));
      const { page, marker } = house.page(all, params);
      return { DBSubnetGroups: new XmlList('DBSubnetGroup', page), Marker: marker };
    }
    default:
      return undefined;
  }
}

/** A group is for one major: the one in the name of a default, else the one of whoever uses it, else 15. */
function familyOf(house: House, name: string): string {
  if (name.startsWith('default.')) return name.slice('default.'.length);
  const user = [...house.instances.values(), ...house.clusters.values()].find(({ parameterGroup }) => parameterGroup === name);
  const engine = user !== undefined && (!('engine' in user) || user.engine === 'aurora-postgresql') ? 'aurora-postgresql' : 'postgres';
  return `${engine}${user?.major ?? 15}`;
}
